/**
 * The gate as HAProxy configuration. A request whose host is watched or closed goes to a backend of that name, is told of
 * or held there (`gate-script.ts`), and then comes in again through a socket of our own, where the host map's third field
 * sends it to its slot, whatever name of the service it is for. So a request with an open gate meets no rule of the gate at all.
 */
import { accessLog, type BaseSettings, HOP_TIMEOUT_S, ownBind, workerPath } from "./base-settings.ts";
import { HOST_KEY, hostEntry, renderMissingHost, renderOwnHost, renderRequestName } from "./host-rules.ts";
import type { GateLimits } from "./gate-limits.ts";
import { guardedBind } from "./guard-config.ts";
import { renderTelling } from "./telling-rules.ts";
import type { EdgeLayout } from "./layout.ts";

/** A hold takes many small steps, so Lua's time limit (4 s of running) is raised; it ends a script that never sleeps. */
export function renderGateGlobal({ gateScript }: EdgeLayout, { holdMs }: GateLimits): string {
  return `  tune.lua.session-timeout ${holdMs}ms
  lua-load ${gateScript}
`;
}

export function renderGate(settings: BaseSettings): string {
  return [renderWatched(settings), renderClosed(settings), renderPassed(settings)].join("\n");
}

function renderWatched(settings: BaseSettings): string {
  const { layout } = settings;
  return `backend watched from base
  timeout server ${HOP_TIMEOUT_S}s
  http-reuse never
${renderMissingHost()}  http-request lua.gate_watch
  http-request del-header X-Slipway-Held
  server passed unix@${workerPath(settings, layout.passedSocket)} send-proxy-v2
`;
}

/** A worker that a reload replaced is told of no change of the map: those it holds go to the new one's gate. */
function renderClosed(settings: BaseSettings): string {
  const { layout } = settings;
  return `backend closed from base
  timeout server ${HOP_TIMEOUT_S}s
  http-reuse never
${renderMissingHost()}${renderTelling(layout)}  http-request lua.gate_hold
  http-request return status 429 content-type text/plain hdr Retry-After 1 string "Too many requests.\\n" if { var(txn.gate) -m str full }
  http-request return status 503 content-type text/plain hdr Retry-After 10 string "This service did not start in time. Try again later.\\n" if { var(txn.gate) -m str late }
  http-request set-log-level silent
  http-request set-header X-Slipway-Held %[var(txn.held)]
  use-server guarded if { var(txn.gate) -m str stopping } { so_name guarded }
  use-server regate if { var(txn.gate) -m str stopping }
  server passed unix@${workerPath(settings, layout.passedSocket)} send-proxy-v2
  server regate unix@${workerPath(settings, layout.regateSocket)} send-proxy-v2 weight 0
  server guarded unix@${workerPath(settings, layout.guardedSocket)} send-proxy-v2 weight 0
`;
}

/** Headers are as they left `web`, and so is the client's address. From here no request goes back to a gate by itself; one whose guard was taken away meanwhile goes where all go now. */
function renderPassed(settings: BaseSettings): string {
  const { layout } = settings;
  const entry = hostEntry("var(txn.host)", layout);
  const inside = `${HOST_KEY},map_str(${layout.insideNames})`;
  return `frontend passed from base
${ownBind(settings, layout.passedSocket, "passed")}${ownBind(settings, layout.regateSocket, "regate")}${guardedBind(settings)}  log-format "${accessLog({ scheme: "%[var(txn.scheme)]", requestId: "%[var(txn.request_id)]" })}"
  capture request header Host len 255
  tcp-request session set-var(sess.client) src,lower
  http-request set-log-level silent
  http-request set-var(txn.scheme) req.hdr(x-forwarded-proto)
  http-request set-var(txn.request_id) req.hdr(x-request-id)
  http-request set-var(txn.held) req.hdr(x-slipway-held)
  http-request del-header X-Slipway-Held
${renderRequestName(layout)}${renderOwnHost(HOST_KEY)}  http-request set-var(txn.host) ${inside},field(1,/) if { ${inside} -m found }
  http-request set-var(txn.behind_guard) ${entry},field(6,/) if { so_name guarded }
  use_backend %[var(txn.behind_guard)] if { var(txn.behind_guard) -m len gt 0 }
  use_backend %[${entry},field(8,/)] if { so_name regate guarded } { ${entry},field(8,/) -m len gt 0 }
  use_backend %[${entry},field(4,/)] if { so_name regate guarded }
  use_backend %[${entry},field(3,/)]
  default_backend unknown_host
`;
}
