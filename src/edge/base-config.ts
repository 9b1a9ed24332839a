/**
 * HAProxy's configuration without the slots, as a pure function of its settings.
 *
 * Every rule is paid by every request, so the order is: nothing that only a refused request needs stands in its way.
 * Unknown hosts and refusals are backends of their own, and the rules of a full slot stand behind one `allow`.
 */
import { type BaseSettings, REQUEST_TIMEOUT_S } from "./base-settings.ts";
import { renderConnectionTable } from "./client-rules.ts";
import { renderFrontends } from "./frontend-config.ts";
import { renderGate, renderGateGlobal } from "./gate-config.ts";
import { renderGuard } from "./guard-config.ts";
import { renderInside } from "./inside-config.ts";
import { refusalReasons } from "./host-map.ts";
import { hostEntry, renderMissingHost } from "./host-rules.ts";
import type { EdgeLayout } from "./layout.ts";
import { renderSlotTelling, renderTelling } from "./telling-rules.ts";
import { IS_TRACED, renderTracing } from "./tracing-rules.ts";
import type { CheckKind } from "./slot-file.ts";
import type { RefusalReason } from "../ports/edge.ts";

export function renderBaseConfig(settings: BaseSettings): string {
  return [
    renderGlobal(settings),
    LOG_RING,
    renderDefaults(),
    renderFrontends(settings),
    renderConnectionTable(),
    renderGate(settings),
    renderGuard(settings),
    renderInside(settings),
    ...refusalReasons.map((reason) => renderRefusal(reason, settings.layout)),
    renderSlotDefaults("tcp", settings.layout),
    renderSlotDefaults("http", settings.layout),
  ].join("\n");
}

function renderGlobal(settings: BaseSettings): string {
  const { layout, maxConnections, worker, gate } = settings;
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
${renderGateGlobal(layout, gate)}  log ring@access_log len 2048 format raw local0
`;
}

/**
 * Mozilla's "intermediate" of 2024 without DHE, which no client of this century needs and which costs most. Sessions are
 * resumed from a cache of ours instead of tickets: no key there is that would open what was recorded. ECDSA comes first
 * where a name has both; a client that would rather have ChaCha20 (a phone without AES in hardware) gets it all the same.
 */
const TLS_OPTIONS = `  ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
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

/**
 * 16 MiB hold some 60,000 lines while nobody reads; the oldest are overwritten then. It is read over the runtime socket: with
 * a `server` line, and nobody who listens there, HAProxy 2.6 tries 3,000 times a second, half a core.
 */
const LOG_RING = `ring access_log
  format raw
  maxlen 2048
  size 16777216
`;

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

const refusals: Readonly<Record<RefusalReason, { readonly text: string; readonly retryAfterS: number }>> = {
  paused: { text: "This service is paused. Its owner can resume it.", retryAfterS: 60 },
  starting: { text: "This service is starting. Try again in a few seconds.", retryAfterS: 5 },
  failed: {
    text: "This service failed to start. Its owner finds the cause in its logs and operations.",
    retryAfterS: 60,
  },
};

function renderRefusal(reason: RefusalReason, layout: EdgeLayout): string {
  const { text, retryAfterS } = refusals[reason];
  return `backend refuse_${reason} from base
${renderMissingHost()}${renderTelling(layout)}  http-request lua.count_away
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
${kind === "http" ? renderHttpCheck(layout) : ""}${renderSlotTelling(layout)}  http-request allow if { be_conn_free gt 0 } !${IS_TRACED}
${renderTracing()}  http-request allow if { be_conn_free gt 0 }
  http-request return status 503 content-type text/plain hdr Retry-After 1 string "This service has no healthy instance at the moment.\\n" if { nbsrv eq 0 }
${renderMissingHost()}  http-request set-var(txn.queue_limit) ${hostEntry("var(txn.host)", layout)},field(2,/)
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
