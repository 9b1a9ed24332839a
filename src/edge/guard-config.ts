/**
 * Guards as HAProxy configuration: what the edge keeps from services whose tags say so. The host map leads all requests of
 * such a service here first, whatever name and port they came for; what may pass comes in again through a socket of our own,
 * where the map's sixth field leads it on. So a request of any other service meets no rule of a guard at all.
 */
import { type BaseSettings, HOP_TIMEOUT_S, ownBind, workerPath } from "./base-settings.ts";
import { HOST_KEY, renderMissingHost } from "./host-rules.ts";
import { renderTelling } from "./telling-rules.ts";

/** Clients whose rate is known; the oldest are forgotten for new ones. 20 MB at worst. */
const CLIENTS = 100_000;
/** Longer than any limit reaches ahead, shorter than half of what 32 bits of microseconds hold. */
const FORGET = "30m";
const WRAP = 2 ** 32;
const BODY_WAIT = "10s";
const MAX_AHEAD_US = 1_800_000_000;

const refusals: Readonly<Record<string, { readonly status: number; readonly text: string }>> = {
  unknown: { status: 503, text: "This service is not ready. Try again in a few seconds." },
  host: { status: 404, text: "No service is reachable under this host name." },
  address: { status: 403, text: "This service is not for your address." },
  path: { status: 404, text: "There is nothing here." },
  "forbidden-path": { status: 403, text: "This path is not for you." },
  length: { status: 411, text: "This service takes no body of this size without Content-Length." },
  body: { status: 413, text: "The body of this request is larger than this service allows." },
};

/** A service's own host is compared with what was asked for before anything else is told. */
export function renderGuard(settings: BaseSettings): string {
  const { layout } = settings;
  return `backend guarded from base
  timeout server ${HOP_TIMEOUT_S}s
  http-reuse never
  stick-table type string len 80 size ${CLIENTS} expire ${FORGET} store gpt0
${renderMissingHost()}${renderTelling(layout)}  http-request set-var(txn.asked) ${HOST_KEY}
  http-request set-var(txn.address) src,hex
  http-request set-var(txn.guard) str(unknown)
  http-request lua.guard
${renderRate()}${renderUnknownLength()}  http-request lua.guard_refuse if { var(txn.guard) -m found }
${Object.entries(refusals).map(renderRefusal).join("")}  http-request return status 401 content-type text/plain hdr WWW-Authenticate 'Basic realm="This service", charset="UTF-8"' string "A password is needed.\\n" if { var(txn.guard) -m str password }
  http-request return status 429 content-type text/plain hdr Retry-After "%[var(txn.excess),div(1000000),add(1)]" string "Too many requests.\\n" if { var(txn.guard) -m str rate }
  http-request del-header Authorization if { var(txn.has_password) -m bool }
  http-request del-header '^x-(?:original|rewrite)-url$' -m reg
  http-request set-timeout server var(txn.timeout_ms) if { var(txn.timeout_ms) -m found }
  http-request set-log-level silent
  http-request del-header X-Slipway-Held
  http-request set-header X-Slipway-Held %[var(txn.held)] if { var(txn.held) -m found }
  server guarded unix@${workerPath(settings, layout.guardedSocket)} send-proxy-v2
`;
}

function renderRefusal([verdict, { status, text }]: [
  string,
  { readonly status: number; readonly text: string },
]): string {
  return `  http-request return status ${status} content-type text/plain string "${text}\\n" if { var(txn.guard) -m str ${verdict} }
`;
}

/**
 * A body without a length is known once it is whole within HAProxy's buffer (some 15 KB with the head); a longer one has to
 * say how long it is. Lua filters, which could count one as it passes, make HAProxy 2.6 crash with more than one thread.
 */
function renderUnknownLength(): string {
  const isUnknown = "{ var(txn.max_body) -m found }";
  return `  http-request wait-for-body time ${BODY_WAIT} if ${isUnknown}
  http-request set-var(txn.guard) str(length) if ${isUnknown} !{ internal.htx.has_eom -m bool }
  http-request set-var(txn.guard) str(body) if ${isUnknown} { req.body_len,sub(txn.max_body) gt 0 }
`;
}

/**
 * The time at which a client's next request is due (GCRA), kept in 32 bits of microseconds: each request moves it by one
 * interval, and none may be further ahead of it than a burst. HAProxy's own rates know neither bursts nor any period.
 * What a wrong password had is counted too.
 */
function renderRate(): string {
  const isLimited = "{ var(txn.client) -m found }";
  const isExcess = "{ var(txn.excess) -m int gt 0 }";
  return `  http-request track-sc0 var(txn.client) if ${isLimited}
  http-request set-var(txn.now) date(0,us),mod(${WRAP}) if ${isLimited}
  http-request set-var(txn.ahead) sc0_get_gpt0,sub(txn.now),add(${WRAP}),mod(${WRAP}) if ${isLimited} { sc0_get_gpt0 gt 0 }
  http-request set-var(txn.ahead) int(0) if ${isLimited} !{ var(txn.ahead) -m int lt ${MAX_AHEAD_US} }
  http-request set-var(txn.excess) var(txn.ahead),sub(txn.tolerance) if ${isLimited}
  http-request set-var(txn.guard) str(rate) if ${isExcess}
  http-request unset-var(txn.max_body) if ${isExcess}
  http-request sc-set-gpt0(0) var(txn.now),add(txn.ahead),add(txn.interval),mod(${WRAP}) if ${isLimited} !${isExcess}
`;
}

/** The socket behind a guard, for the frontend `passed`. */
export function guardedBind(settings: BaseSettings): string {
  return ownBind(settings, settings.layout.guardedSocket, "guarded");
}
