/**
 * How a request's service is found, as HAProxy expressions. A service's own host is a key of the host map. All other names,
 * and what is special about an own host, are in the name map: name → own host, `redirect` or `serve`, seconds of HSTS. An
 * exact name comes first, then own hosts, then `*.` and what follows the first dot.
 */
import type { EdgeLayout } from "./layout.ts";

/** The request's host as the maps have it, whatever its case and port. */
export const HOST_KEY = "capture.req.hdr(0),host_only,lower,rtrim(.)";

/** `a.b.c` → `*.b.c`, if `a` is a label: what it is goes into redirects. */
const TO_WILDCARD = "regsub(^[a-z0-9_-]+[.],*.)";

/** What the host map says of a host: an expression for the whole value. */
export function hostEntry(host: string, { hostMap }: EdgeLayout): string {
  return `${host},map_str(${hostMap})`;
}

/** What the name map says of a name. */
export function nameEntry(name: string, { nameMap }: EdgeLayout): string {
  return `${name},map_str(${nameMap})`;
}

/** `sess.sni` → `sess.name`, the key of the name map that stands for it, if any. Once for each connection. */
export function renderConnectionName(layout: EdgeLayout): string {
  const sni = "var(sess.sni)";
  const isUnclear = `!{ var(sess.name) -m found } !{ ${hostEntry(sni, layout)} -m found }`;
  return `  tcp-request session set-var(sess.name) ${sni} if { ${nameEntry(sni, layout)} -m found }
  tcp-request session set-var(sess.name) ${sni},${TO_WILDCARD} if ${isUnclear} { ${nameEntry(`${sni},${TO_WILDCARD}`, layout)} -m found }
`;
}

/** `txn.name`, the name map's value, if any, from the request's own host. */
export function renderRequestName(layout: EdgeLayout): string {
  const isClear = `{ var(txn.name) -m found } || { ${hostEntry(HOST_KEY, layout)} -m found }`;
  return `  http-request set-var(txn.name) ${nameEntry(HOST_KEY, layout)}
  http-request set-var(txn.name) ${nameEntry(`${HOST_KEY},${TO_WILDCARD}`, layout)} unless ${isClear}
`;
}

/** `txn.host`, the service's own host: that of `txn.name`, or the one the request is for. */
export function renderOwnHost(host: string): string {
  return `  http-request set-var(txn.host) var(txn.name),field(1,/) if { var(txn.name) -m found }
  http-request set-var(txn.host) ${host} unless { var(txn.name) -m found }
`;
}

/** The same where it may be known already. */
export function renderMissingHost(): string {
  return `  http-request set-var(txn.host) ${HOST_KEY} unless { var(txn.host) -m found }
`;
}
