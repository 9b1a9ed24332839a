/**
 * HAProxy's configuration without the slots, as a pure function of its settings.
 *
 * Every rule is paid by every request, so the order is: nothing that only a refused request needs stands in its way.
 * Unknown hosts and refusals are backends of their own, and the rules of a full slot stand behind one `allow`.
 */
import { type GateLimits, renderGate, renderGateGlobal } from "./gate-config.ts";
import { refusalReasons } from "./host-map.ts";
import type { EdgeLayout } from "./layout.ts";
import type { CheckKind } from "./slot-file.ts";
import type { RefusalReason } from "../ports/edge.ts";

export interface BaseSettings {
  readonly layout: EdgeLayout;
  readonly ports: { readonly http: number; readonly https: number };
  /** The supervisor hands over a socket for each address and port: those for HTTP first, from `FIRST_LISTENER_FD` on. */
  readonly addressCount: number;
  readonly maxConnections: number;
  /** Set when started by root: workers drop to this user and are confined to the run directory. */
  readonly worker: { readonly user: string; readonly group: string } | null;
  /** Only where somebody listens on the log socket: without, HAProxy 2.6 tries it 3,000 times a second, half a core. */
  readonly hasAccessLog: boolean;
  readonly gate: GateLimits;
}

/** Above what the supervisor opens itself. */
export const FIRST_LISTENER_FD = 10;

/** App Runner's limit for one request. HAProxy's timers count silence, so a stream that goes on is let through. */
const REQUEST_TIMEOUT_S = 120;

export function renderBaseConfig(settings: BaseSettings): string {
  return [
    renderGlobal(settings),
    ...(settings.hasAccessLog ? [renderLogRing(settings)] : []),
    renderDefaults(),
    renderFrontend(settings),
    renderHandover(settings),
    renderGateFor(settings),
    renderUnknownHost(),
    ...refusalReasons.map(renderRefusal),
    renderSlotDefaults("tcp", settings.layout),
    renderSlotDefaults("http", settings.layout),
  ].join("\n");
}

function renderGlobal(settings: BaseSettings): string {
  const { layout, maxConnections, worker, hasAccessLog, gate } = settings;
  // 150 s: the longest request and a margin, for workers that a reload replaced. HAProxy's own HTTP client, which
  // nothing here uses, would read all of the system's certificates at each start: 90 of 120 ms.
  const confinement =
    worker === null
      ? ""
      : `  chroot ${layout.runDirectory}\n  user ${worker.user}\n  group ${worker.group}\n`;
  return `global
  maxconn ${maxConnections}
${confinement}  stats socket unix@${layout.runtimeSocket} mode 600 level admin expose-fd listeners
  stats timeout 1m
  httpclient.ssl.verify none
${TLS_OPTIONS}  server-state-file ${layout.serverState}
  hard-stop-after ${REQUEST_TIMEOUT_S + 30}s
${renderGateGlobal(layout, gate)}${hasAccessLog ? "  log ring@access_log len 2048 format raw local0\n" : ""}`;
}

/**
 * Mozilla's "intermediate" of 2024 without DHE, which no client of this century needs and which costs most. Sessions are
 * resumed from a cache of ours instead of tickets: no key there is that would open what was recorded. ECDSA comes first
 * where a name has both.
 */
const TLS_OPTIONS = `  ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets prefer-client-ciphers
  ssl-default-bind-ciphers ${[
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
  ].join(":")}
  ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256
  ssl-default-bind-curves X25519:P-256:P-384
  tune.ssl.lifetime 3600
`;

/** 16 MiB hold some 120,000 lines while nobody reads; the oldest are overwritten then. */
function renderLogRing(settings: BaseSettings): string {
  return `ring access_log
  format raw
  maxlen 2048
  size 16777216
  timeout connect 2s
  timeout server 10s
  server reader unix@${workerPath(settings, settings.layout.logSocket)} log-proto octet-count
`;
}

function renderDefaults(): string {
  return `defaults base
  mode http
  log global
  timeout client 60s
  timeout server ${REQUEST_TIMEOUT_S}s
  timeout tunnel 1h
  timeout client-fin 5s
  timeout server-fin 5s
  timeout connect 2s
  timeout queue 3s
  timeout http-request 10s
  timeout http-keep-alive 60s
  retries 3
  option redispatch
  option abortonclose
  option http-no-delay
  option http-ignore-probes
  option idle-close-on-response
  http-error status 400 content-type text/plain string "Bad request.\\n"
  http-error status 408 content-type text/plain string "The request came too slowly.\\n"
  http-error status 502 content-type text/plain string "The service closed the connection or sent an invalid answer.\\n"
  http-error status 503 content-type text/plain string "The service could not take the request.\\n" hdr Retry-After 1
  http-error status 504 content-type text/plain string "The service did not answer in time.\\n"
`;
}

/**
 * Log fields, tab-separated: start (seconds.milliseconds), client, host (as the client wrote it, but `#09` for a tab, or a
 * client could write the fields after it), backend, server, method, path, status, bytes, waited in queue, to connect, to
 * first byte, total (ms), how it ended, concurrency (server/backend/queue), request id. `%hrl` are all captured headers:
 * one. The converter `json` escapes as well, but takes 3,900 instructions of 46,600 for a request.
 */
const ACCESS_LOG =
  "%Ts.%ms\\t%[var(sess.client)]\\t%hrl\\t%b\\t%s\\t%HM\\t%HP\\t%ST\\t%B\\t%Tw\\t" +
  "%Tc\\t%Tr\\t%Ta\\t%ts\\t%sc/%bc/%bq\\t%ID";

/** Headers that only we may set, in the spellings that CGI-like instances cannot tell apart. */
const OUR_HEADERS = "x[-_]forwarded[-_].*|forwarded|x[-_]real[-_]ip|x[-_]request[-_]id";

/**
 * What a rule costs was counted in instructions (callgrind, requests with nothing but Host; HAProxy without rules but with
 * this log: 33,000, the edge: 40,500): finding the slot 2,500, the request id 1,500, each added header 800, looking for an
 * upgrade 300, deleting headers 600 (2,600 with 8 of them), what makes a 503 a 429 700, the method 100. An address as text
 * takes 1,500, so it is made once per connection (`lower` is what turns it into text). The host is captured as it came: a
 * rule that captures costs 2,000. Everything after `allow` is only for requests that want to upgrade.
 */
function renderFrontend(settings: BaseSettings): string {
  const { layout, ports } = settings;
  return `frontend web from base
  maxconn ${clientConnections(settings.maxConnections)}
${renderBinds(settings)}  bind unix@${layout.handoverSocket} mode 600${socketOwner(settings)} accept-proxy name handover
  log-format "${ACCESS_LOG}"
  unique-id-format %pid-%Ts-%rt
  unique-id-header X-Request-Id
  capture request header Host len 255
  tcp-request session set-var(sess.client) src,lower
  http-request deny deny_status 405 if { method TRACE CONNECT }
  http-request del-header '^(?:connection|${OUR_HEADERS})$' -m reg
  http-request add-header X-Forwarded-For "${forwardedHeaders("http", ports.http)}"
  http-request set-header X-Forwarded-For "${forwardedHeaders("https", ports.https)}" if { ssl_fc }
  http-request allow unless { req.hdr(upgrade) -m found }
  http-request deny deny_status 400 unless { req.hdr_cnt(upgrade) eq 1 } { req.hdr(upgrade) -i websocket }
  http-request set-header Connection Upgrade
  use_backend handover if { stopping } !{ so_name handover }
  use_backend %[${hostEntry(layout)},field(1,/)]
  default_backend unknown_host
`;
}

/** A request that passes a gate comes in again: were all connections those of clients, none held could ever go on. */
function clientConnections(maxConnections: number): number {
  return Math.floor(maxConnections * 0.9);
}

/**
 * HAProxy writes a header's value as it is, so one for HAProxy is four for the instance, and a twentieth of all instructions
 * is saved. No client adds a line: HAProxy refuses a bare CR, ends a value at LF, and unfolds what is folded; in HTTP/2,
 * which it takes from who begins with it, it refuses them all.
 */
function forwardedHeaders(scheme: "http" | "https", port: number): string {
  return [
    "%[var(sess.client)]",
    "X-Forwarded-Host: %[capture.req.hdr(0)]",
    `X-Forwarded-Port: ${port}`,
    `X-Forwarded-Proto: ${scheme}`,
  ].join("\\r\\n");
}

/** HTTP/2 without TLS needs no word here: HAProxy takes it from who begins with it. */
function renderBinds({ layout, addressCount }: BaseSettings): string {
  const socketOf = (index: number): string => `  bind fd@${FIRST_LISTENER_FD + index}`;
  const addresses = Array.from({ length: addressCount }, (_, index) => index);
  const certificates = `crt ${layout.defaultCertificate} crt-list ${layout.certificateList}`;
  return [
    ...addresses.map((index) => `${socketOf(index)}\n`),
    ...addresses.map((index) => `${socketOf(addressCount + index)} ssl ${certificates} alpn h2,http/1.1\n`),
  ].join("");
}

/** The request's host as the host map has it, whatever its case and port. */
const HOST_KEY = "capture.req.hdr(0),host_only,lower,rtrim(.)";

/** What the host map says of the request's host. */
function hostEntry({ hostMap }: EdgeLayout): string {
  return `${HOST_KEY},map_str(${hostMap})`;
}

/** Our own sockets are the worker's alone. */
function socketOwner({ worker }: BaseSettings): string {
  return worker === null ? "" : ` user ${worker.user} group ${worker.group}`;
}

/** A worker that a reload replaced keeps its old instances; requests still reaching it go to the new worker. */
function renderHandover(settings: BaseSettings): string {
  return `backend handover from base
  server self unix@${workerPath(settings, settings.layout.handoverSocket)} send-proxy-v2
`;
}

function renderGateFor(settings: BaseSettings): string {
  return renderGate({
    layout: settings.layout,
    workerPath: (path) => workerPath(settings, path),
    owner: socketOwner(settings),
    hostKey: HOST_KEY,
    hostEntry: hostEntry(settings.layout),
    accessLog: ACCESS_LOG,
    timeoutS: REQUEST_TIMEOUT_S + 10,
  });
}

function renderUnknownHost(): string {
  return `backend unknown_host from base
  http-request deny deny_status 400 unless { req.hdr(host) -m found }
  http-request return status 404 content-type "text/html; charset=utf-8" string '${UNKNOWN_HOST_PAGE}'
`;
}

const UNKNOWN_HOST_PAGE =
  '<!doctype html><html lang="en"><title>404 No such service</title>' +
  "<h1>404 No such service</h1><p>No service is reachable under this host name.</p></html>";

const refusals: Readonly<Record<RefusalReason, { readonly text: string; readonly retryAfterS: number }>> = {
  paused: { text: "This service is paused. Its owner can resume it.", retryAfterS: 60 },
  starting: { text: "This service is starting. Try again in a few seconds.", retryAfterS: 5 },
  failed: {
    text: "This service failed to start. Its owner finds the cause in its logs and operations.",
    retryAfterS: 60,
  },
};

function renderRefusal(reason: RefusalReason): string {
  const { text, retryAfterS } = refusals[reason];
  return `backend refuse_${reason} from base
  http-request return status 503 content-type text/plain hdr Retry-After ${retryAfterS} string "${text}\\n"
`;
}

/**
 * The default sections cannot build on each other: HAProxy refuses to inherit from one with rules. HAProxy answers 503
 * itself when the time in the queue is up; that is a 429 unless the instance said 503.
 */
function renderSlotDefaults(kind: CheckKind, layout: EdgeLayout): string {
  return `defaults slot_${kind} from base
  balance leastconn
  load-server-state-from-file global
${kind === "http" ? renderHttpCheck(layout) : ""}  http-request allow if { be_conn_free gt 0 }
  http-request return status 503 content-type text/plain hdr Retry-After 1 string "This service has no healthy instance at the moment.\\n" if { nbsrv eq 0 }
  http-request set-var(txn.queue_limit) ${hostEntry(layout)},field(2,/)
  http-request return status 429 content-type text/plain hdr Retry-After 1 string "Too many requests.\\n" if { queue(),sub(txn.queue_limit) ge 0 }
  http-response set-var(txn.is_answer) bool(true) if { status 503 }
  http-after-response set-status 429 if { status 503 } !{ var(txn.is_answer) -m bool } { nbsrv gt 0 } { be_conn_free le 0 }
`;
}

function renderHttpCheck(layout: EdgeLayout): string {
  return `  option httpchk
  http-check send meth GET uri-lf "%[be_name,map_str(${layout.checkPathMap},/)]" ver HTTP/1.1 hdr Host localhost hdr User-Agent Slipway-Health-Check
  http-check expect status 200-399
`;
}

/** How a worker reaches a socket of the run directory: when confined, that directory is its root. */
export function workerPath(
  { layout, worker }: Pick<BaseSettings, "layout" | "worker">,
  path: string,
): string {
  return worker === null ? path : path.slice(layout.runDirectory.length);
}

/**
 * Connections HAProxy may hold, from the hard limit of file descriptors: each takes two, and checks, listeners and
 * sockets need some too. 20,000 is about 700 MB at worst.
 */
export function maxConnections(hardFileLimit: number): number {
  return Math.max(100, Math.min(20_000, Math.floor((hardFileLimit * 0.9 - 500) / 2)));
}
