/**
 * Who a client is, as HAProxy rules: how many connections one address may have, and whom the edge believes when a proxy before
 * it says who is behind. Without trusted proxies there is no rule of theirs, and no request pays for one.
 */

export interface ClientSettings {
  /** Ranges of proxies that stand before the edge: what they say of their clients is taken for true. */
  readonly trustedProxies: readonly string[];
  /** Whether those begin their connections with the PROXY protocol; all of them must then. */
  readonly isProxyProtocol: boolean;
  /** 0: as many as there are; null: a quarter of what each port has. Not for trusted proxies. */
  readonly connectionsPerAddress: number | null;
}

export const NO_PROXIES: ClientSettings = {
  trustedProxies: [],
  isProxyProtocol: false,
  connectionsPerAddress: null,
};

const TABLE = "connections";
/** Proxies in a row that are believed. */
const MAX_HOPS = 4;
const IS_TRUSTED = "from_proxy";

/** How many connections an address may have, of `clientConnections` that there are. */
export function connectionLimit(
  { connectionsPerAddress }: ClientSettings,
  clientConnections: number,
): number {
  return connectionsPerAddress ?? Math.max(10, Math.floor(clientConnections / 4));
}

/** The addresses that have connections; the oldest are forgotten for new ones. 15 MB at worst. */
export function renderConnectionTable(): string {
  return `backend ${TABLE} from base
  stick-table type ipv6 size 100k expire 1m store conn_cur
`;
}

/**
 * For a frontend of clients. The 64 first bits of an IPv6 address are one client. What comes through a socket of our own has
 * been counted where it came in.
 */
export function renderConnectionRules(clients: ClientSettings, limit: number): string {
  const { trustedProxies, isProxyProtocol } = clients;
  const hasProxies = trustedProxies.length > 0;
  const acl = trustedProxies.map((range) => `  acl ${IS_TRUSTED} src ${range}\n`).join("");
  const others = hasProxies ? ` if !${IS_TRUSTED}` : "";
  const count = `  tcp-request connection track-sc1 src,ipmask(32,64) table ${TABLE}${others}
  tcp-request connection reject if { sc1_conn_cur(${TABLE}) gt ${limit} }
`;
  const proxy = `  tcp-request connection expect-proxy layer4 if ${IS_TRUSTED}\n`;
  return acl + (limit === 0 ? "" : count) + (hasProxies && isProxyProtocol ? proxy : "");
}

/** Who names the client by the PROXY protocol says all that is believed: headers are the client's own then. */
export function believesHeaders({ trustedProxies, isProxyProtocol }: ClientSettings): boolean {
  return trustedProxies.length > 0 && !isProxyProtocol;
}

/**
 * X-Forwarded-For is read from its end, as long as a proxy that is trusted wrote what stands there. One without it, or with
 * something that is no address, is the client itself.
 */
export function renderForwardedClient(clients: ClientSettings): string {
  if (!believesHeaders(clients)) return "";
  const hops = Array.from({ length: MAX_HOPS }, (_, index) => {
    const [hop, before] = [`txn.hop${index + 1}`, `txn.hop${index}`];
    const isAsked = index === 0 ? IS_TRUSTED : `{ var(${before}) -m found } ${IS_TRUSTED}`;
    return `  http-request set-var(${hop}) req.hdr_ip(x-forwarded-for,-${index + 1}) if ${isAsked}
  http-request set-src var(${hop}) if { var(${hop}) -m found }
`;
  });
  return `${hops.join("")}  http-request set-var(sess.client) src,lower\n`;
}

/** `txn.scheme` and `txn.port` as the client's own: a proxy may have ended its TLS, or a worker that a reload replaced says so. Before `renderForwardedClient`. */
export function renderForwardedScheme(
  clients: ClientSettings,
  ports: { readonly http: number; readonly https: number },
): string {
  if (!believesHeaders(clients)) return "";
  return `  http-request set-var(txn.scheme) str(http)
  http-request set-var(txn.port) int(${ports.http})
  http-request set-var(txn.scheme) str(https) if ${IS_TRUSTED} { req.hdr(x-forwarded-proto) -i https }
  http-request set-var(txn.scheme) str(https) if { so_name handover } { req.hdr(x-forwarded-proto) -i https }
  http-request set-var(txn.port) int(${ports.https}) if { var(txn.scheme) -m str https }
`;
}
