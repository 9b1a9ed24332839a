/**
 * The gate as HAProxy configuration. A request whose host is watched or closed goes to a backend of that name, is told of
 * or held there (`gate-script.ts`), and then comes in again through a socket of our own, where the host map's third field
 * sends it to its slot. So a request with an open gate meets no rule of the gate at all.
 */
import type { EdgeLayout } from "./layout.ts";

export interface GateLimits {
  /**
   * The longest a closed gate holds a request: a cold start with a slow application. Below `timeout client` (60 s), which
   * would cut a WebSocket, or a body that is not all there, without a word.
   */
  readonly holdMs: number;
  /** Requests a closed gate holds for one host; more get 429. */
  readonly heldPerHost: number;
}

export const GATE_LIMITS: GateLimits = { holdMs: 55_000, heldPerHost: 5_000 };

/** One that passes takes two connections more, so a host's held ones leave most of all connections to others. */
export function limitsWithin(limits: GateLimits, connectionLimit: number): GateLimits {
  return { ...limits, heldPerHost: Math.min(limits.heldPerHost, Math.floor(connectionLimit / 4)) };
}

export interface GateSettings {
  readonly layout: EdgeLayout;
  /** How a worker reaches a socket of the run directory. */
  readonly workerPath: (socket: string) => string;
  /** Who owns the sockets, as words of a `bind` line. */
  readonly owner: string;
  /** The request's host as the host map knows it, and what the map says of it: HAProxy expressions. */
  readonly hostKey: string;
  readonly hostEntry: string;
  /** The access log's format; the request id in it is the one that the request has. */
  readonly accessLog: string;
  /** Above the longest silence of an instance: the stream inside answers for it. */
  readonly timeoutS: number;
}

/** A hold takes many small steps, so Lua's time limit (4 s of running) is raised; it ends a script that never sleeps. */
export function renderGateGlobal({ gateScript }: EdgeLayout, { holdMs }: GateLimits): string {
  return `  tune.lua.session-timeout ${holdMs}ms
  lua-load ${gateScript}
`;
}

export function renderGate(settings: GateSettings): string {
  return [renderWatched(settings), renderClosed(settings), renderPassed(settings)].join("\n");
}

function renderWatched({ layout, workerPath, hostKey, timeoutS }: GateSettings): string {
  return `backend watched from base
  timeout server ${timeoutS}s
  http-reuse never
  http-request set-var(txn.host) ${hostKey}
  http-request lua.gate_watch
  http-request set-log-level silent
  server passed unix@${workerPath(layout.passedSocket)} send-proxy-v2
`;
}

/** A worker that a reload replaced is told of no change of the map: those it holds go to the new one's gate. */
function renderClosed({ layout, workerPath, hostKey, timeoutS }: GateSettings): string {
  return `backend closed from base
  timeout server ${timeoutS}s
  http-reuse never
  http-request set-var(txn.host) ${hostKey}
  http-request lua.gate_hold
  http-request return status 429 content-type text/plain hdr Retry-After 1 string "Too many requests.\\n" if { var(txn.gate) -m str full }
  http-request return status 503 content-type text/plain hdr Retry-After 10 string "This service did not start in time. Try again later.\\n" if { var(txn.gate) -m str late }
  http-request set-log-level silent
  use-server regate if { var(txn.gate) -m str stopping }
  server passed unix@${workerPath(layout.passedSocket)} send-proxy-v2
  server regate unix@${workerPath(layout.regateSocket)} send-proxy-v2 weight 0
`;
}

/** Headers are as they left `web`, and so is the client's address. From here no request goes back to a gate by itself. */
function renderPassed(settings: GateSettings): string {
  const { layout, owner, accessLog, hostEntry } = settings;
  return `frontend passed from base
  bind unix@${layout.passedSocket} mode 600${owner} accept-proxy name passed
  bind unix@${layout.regateSocket} mode 600${owner} accept-proxy name regate
  log-format "${accessLog.replace("%ID", "%[var(txn.request_id)]")}"
  capture request header Host len 255
  tcp-request session set-var(sess.client) src,lower
  http-request set-var(txn.request_id) req.hdr(x-request-id)
  use_backend %[${hostEntry},field(1,/)] if { so_name regate }
  use_backend %[${hostEntry},field(3,/)]
  default_backend unknown_host
`;
}
