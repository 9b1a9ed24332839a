/**
 * Where requests come in, as HAProxy configuration: two frontends, because every rule that tells TLS from plain HTTP would be
 * paid by every request of both (275 instructions of 42,000).
 */
import {
  accessLog,
  type BaseSettings,
  clientConnections,
  connectionsPerAddress,
  FIRST_LISTENER_FD,
  HOP_TIMEOUT_S,
  ownBind,
  workerPath,
} from "./base-settings.ts";
import {
  believesHeaders,
  renderConnectionRules,
  renderForwardedClient,
  renderForwardedScheme,
} from "./client-rules.ts";
import { renderTelling } from "./telling-rules.ts";
import {
  HOST_KEY,
  hostEntry,
  nameEntry,
  renderMissingHost,
  renderConnectionName,
  renderOwnHost,
  renderRequestName,
} from "./host-rules.ts";

type Scheme = "http" | "https";

/** As instances are told it; both may be expressions. */
interface ToldOfRequest {
  readonly scheme: string;
  readonly port: number | string;
}

/** Headers that only we may set, in the spellings that CGI-like instances cannot tell apart. */
const OUR_HEADERS = "x[-_]forwarded[-_].*|forwarded|x[-_]real[-_]ip|x[-_]request[-_]id";

/** Where the field stands in the host map that says who gets a request first. */
const ENTRANCE: Readonly<Record<Scheme, string>> = { http: "field(1,/)", https: "field(4,/)" };

/** Of a request that a trusted proxy may have got with TLS. */
const FORWARDED = { scheme: "%[var(txn.scheme)]", port: "%[var(txn.port)]" } as const;
const WAS_TLS = "{ var(txn.scheme) -m str https }";

const CHALLENGES = "/.well-known/acme-challenge/";
/** With the shortest token. Asked first, because a length is compared for 390 instructions, a path for 690. */
const CHALLENGE_LENGTH = CHALLENGES.length + 22;

export function renderFrontends(settings: BaseSettings): string {
  return [
    renderPlain(settings),
    renderTls(settings),
    renderHandovers(settings),
    renderNamed(settings),
    renderToHttps(settings),
    renderH2c(settings),
    renderUnknown(),
  ].join("\n");
}

/** Services' own hosts are found at once; every other name goes through `named`. */
function renderPlain(settings: BaseSettings): string {
  const { layout } = settings;
  return `frontend web from base
${renderListeners(settings, "http")}${ownBind(settings, layout.handoverSocket, "handover")}${renderLog(settings, "http")}
  http-request set-log-level silent
${renderChallenges(settings)}${renderForwardedScheme(settings.clients, settings.ports)}${renderForwardedClient(settings.clients)}${renderGuards(hasProxies(settings) ? FORWARDED : { scheme: "http", port: settings.ports.http })}  use_backend handover if { stopping } !{ so_name handover }
${hasProxies(settings) ? `  use_backend %[${hostEntry(HOST_KEY, layout)},${ENTRANCE.https}] if ${WAS_TLS}\n` : ""}  use_backend %[${hostEntry(HOST_KEY, layout)},${ENTRANCE.http}]
  default_backend named
`;
}

/** Of certificate authorities, whatever the host: they ask without TLS. */
function renderChallenges({ layout }: BaseSettings): string {
  const answer = `path,map_str(${layout.challengeMap})`;
  return `  http-request return status 200 content-type text/plain lf-string "%[${answer}]" if { url_len ge ${CHALLENGE_LENGTH} } { path_beg ${CHALLENGES} } { ${answer} -m found }
`;
}

/**
 * A connection is for the name that its client began it with (SNI), and nobody else's requests are answered on it: that
 * name's certificate was shown. The name's entry is looked up anew for each request, so that what was taken away is gone.
 */
function renderTls(settings: BaseSettings): string {
  const { layout } = settings;
  return `frontend web_tls from base
${renderListeners(settings, "https")}${ownBind(settings, layout.tlsHandoverSocket, "handover_tls")}${renderLog(settings, "https")}
  tcp-request session set-var(sess.sni) ssl_fc_sni,lower,rtrim(.)
  tcp-request session set-var(sess.sni) fc_pp_authority,lower,rtrim(.) if { so_name handover_tls }
${renderConnectionName(layout)}  http-request set-log-level silent
  http-request return status 421 content-type text/plain string "This connection was made for another host name.\\n" unless { ${HOST_KEY},strcmp(sess.sni) eq 0 }
  http-request set-var(txn.name) ${nameEntry("var(sess.name)", layout)} if { var(sess.name) -m found }
${renderOwnHost("var(sess.sni)")}${renderForwardedClient(settings.clients)}${renderGuards({ scheme: "https", port: settings.ports.https })}  http-after-response set-header Strict-Transport-Security "max-age=%[var(txn.name),field(3,/)]" if { var(txn.name),field(3,/) -m len gt 0 }
  use_backend handover_tls if { stopping } !{ so_name handover_tls }
  use_backend %[${hostEntry("var(txn.host)", layout)},${ENTRANCE.https}]
  default_backend misdirected
`;
}

function hasProxies({ clients }: BaseSettings): boolean {
  return believesHeaders(clients);
}

/** HTTP/2 without TLS needs no word here: HAProxy takes it from who begins with it. */
function renderListeners(settings: BaseSettings, scheme: Scheme): string {
  const { layout, addressCount } = settings;
  const first = FIRST_LISTENER_FD + (scheme === "http" ? 0 : addressCount);
  const certificates = `crt ${layout.defaultCertificate} crt-list ${layout.certificateList}`;
  const options = scheme === "http" ? "" : ` ssl ${certificates} alpn h2,http/1.1`;
  // In one line: each line would have every certificate once more, 24 KB and 0.7 ms of the start.
  const sockets = Array.from({ length: addressCount }, (_, index) => `fd@${first + index}`).join(",");
  return `  maxconn ${clientConnections(settings)}\n  bind ${sockets}${options}\n`;
}

function renderLog(settings: BaseSettings, scheme: Scheme): string {
  const { clients } = settings;
  // One connection of a proxy is for many clients at once.
  const told = hasProxies(settings) ? { client: "%[src]" } : {};
  const asked = hasProxies(settings) && scheme === "http" ? FORWARDED.scheme : scheme;
  return `${renderConnectionRules(clients, connectionsPerAddress(settings))}  log-format "${accessLog({ scheme: asked, requestId: "%ID", ...told })}"
  unique-id-format %pid-%Ts-%rt
  unique-id-header X-Request-Id
  capture request header Host len 255
  tcp-request session set-var(sess.client) src,lower`;
}

/**
 * What a rule costs was counted in instructions (callgrind, requests with nothing but Host; HAProxy without rules but with
 * this log: 33,000, the edge: 40,900): finding the slot 2,500, the request id 1,500, each added header 800, looking for an
 * upgrade 300, deleting headers 600 (2,600 with 8 of them), what makes a 503 a 429 700, the method 100. An address as text
 * takes 1,500, so it is made once per connection (`lower` is what turns it into text). The host is captured as it came: a
 * rule that captures costs 2,000. Everything after `allow` is only for requests that want to upgrade.
 *
 * What follows the host's colon is not looked at where the service is found, but applications make links of the whole, and
 * in `https://ours:80@theirs/` all before the @ is a user's name.
 */
export function renderGuards(told: ToldOfRequest): string {
  return `  http-request deny deny_status 405 if { method TRACE CONNECT }
  http-request deny deny_status 400 if { req.hdr(host) -m sub @ }
  http-request del-header '^(?:connection|${OUR_HEADERS})$' -m reg
  http-request add-header X-Forwarded-For "${forwardedHeaders(told)}"
  http-request allow unless { req.hdr(upgrade) -m found }
  http-request deny deny_status 400 unless { req.hdr_cnt(upgrade) eq 1 } { req.hdr(upgrade) -i websocket }
  http-request set-header Connection Upgrade
`;
}

/**
 * HAProxy writes a header's value as it is, so one for HAProxy is four for the instance, and a twentieth of all instructions
 * is saved. No client adds a line: HAProxy refuses a bare CR, ends a value at LF, and unfolds what is folded; in HTTP/2,
 * which it takes from who begins with it, it refuses them all.
 */
function forwardedHeaders({ scheme, port }: ToldOfRequest): string {
  return [
    "%[var(sess.client)]",
    "X-Forwarded-Host: %[capture.req.hdr(0)]",
    `X-Forwarded-Port: ${port}`,
    `X-Forwarded-Proto: ${scheme}`,
  ].join("\\r\\n");
}

/** A worker that a reload replaced keeps its old instances; requests still reaching it go to the new worker. */
function renderHandovers(settings: BaseSettings): string {
  const { handoverSocket, tlsHandoverSocket } = settings.layout;
  return `backend handover from base
  server self unix@${workerPath(settings, handoverSocket)} send-proxy-v2

backend handover_tls from base
  server self unix@${workerPath(settings, tlsHandoverSocket)} send-proxy-v2 proxy-v2-options authority
`;
}

/**
 * Plain HTTP for names that are not a service's own host: most redirect. One that is served comes in again behind the
 * gate's sockets, where its own host is known; so it costs a hop, and no other request meets a rule for it.
 */
function renderNamed(settings: BaseSettings): string {
  const { layout, ports } = settings;
  return `backend named from base
  timeout server ${HOP_TIMEOUT_S}s
  http-reuse never
  http-request deny deny_status 400 unless { req.hdr(host) -m found }
${renderRequestName(layout)}  http-request return ${page(404)} unless { var(txn.name) -m found }
${renderOwnHost(HOST_KEY)}  http-request return ${page(404)} if { ${hostEntry("var(txn.host)", layout)},field(1,/) -m str unknown_host }
${renderTelling(layout)}  acl is_served var(txn.name),field(2,/) -m str serve
${hasProxies(settings) ? `  acl is_served ${WAS_TLS.slice(2, -2)}\n` : ""}${redirect(ports.https, " if !is_served")}  http-request set-log-level silent
  http-request del-header X-Slipway-Held
  server regate unix@${workerPath(settings, layout.regateSocket)} send-proxy-v2
`;
}

/** Where the host map sends plain requests of own hosts that are only served over TLS. */
function renderToHttps({ layout, ports }: BaseSettings): string {
  return `backend to_https from base
${renderMissingHost()}${renderTelling(layout)}${redirect(ports.https, "")}`;
}

/**
 * Before slots whose instances speak HTTP/2: it has no lines, so what is one header for HAProxy must become four. Then it
 * comes in again behind the gate's sockets: a rule in every slot would be paid by all services.
 */
function renderH2c(settings: BaseSettings): string {
  const { layout, ports } = settings;
  return `backend h2c from base
  timeout server ${HOP_TIMEOUT_S}s
  http-request set-header X-Forwarded-For %[var(sess.client)]
  http-request set-header X-Forwarded-Host %[capture.req.hdr(0)]
  http-request set-header X-Forwarded-Port ${ports.http} unless { fe_name web_tls }
  http-request set-header X-Forwarded-Port ${ports.https} if { fe_name web_tls }
  http-request set-header X-Forwarded-Proto http unless { fe_name web_tls }
  http-request set-header X-Forwarded-Proto https if { fe_name web_tls }
${hasProxies(settings) ? `  http-request set-header X-Forwarded-Port ${ports.https} if ${WAS_TLS}\n  http-request set-header X-Forwarded-Proto https if ${WAS_TLS}\n` : ""}  http-request del-header X-Slipway-Held
  server passed unix@${workerPath(settings, layout.passedSocket)} send-proxy-v2 proto h2
`;
}

/** What asks for a challenge that is not known shall not be led to where it cannot be. */
function redirect(port: number, condition: string): string {
  const authority = `%[${HOST_KEY}]${port === 443 ? "" : `:${port}`}`;
  return `  http-request return status 404 content-type text/plain string "There is no such challenge.\\n" if { path_beg ${CHALLENGES} }${condition.replace(" if", "")}
  http-request redirect code 301 location "https://${authority}%[pathq]"${condition}
`;
}

function renderUnknown(): string {
  return `backend unknown_host from base
  http-request return ${page(404)}

backend misdirected from base
  http-request return ${page(421)}
`;
}

function page(status: 404 | 421): string {
  const text =
    `<!doctype html><html lang="en"><title>${status} No such service</title>` +
    "<h1>No such service</h1><p>No service is reachable under this host name.</p></html>";
  return `status ${status} content-type "text/html; charset=utf-8" string '${text}'`;
}
