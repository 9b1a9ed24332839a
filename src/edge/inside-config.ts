/**
 * The internal listeners as HAProxy configuration: one frontend for connected services, on the bridge of the instances, and
 * for VPC ingress connections, where the operator wants them. Its names are in a map that no other frontend reads; behind it
 * stand the same slots with the same gates, guards and limits. The public pays nothing for it.
 *
 * HAProxy binds these listeners itself, also before their addresses are there (`transparent`): the bridge comes with the
 * engine, and the public ones must not wait for it.
 */
import { isIPv6 } from "node:net";
import { accessLog, type BaseSettings, type InsideListener, ownBind, workerPath } from "./base-settings.ts";
import { renderGuards } from "./frontend-config.ts";
import { HOST_KEY, hostEntry } from "./host-rules.ts";

const NOT_FOUND =
  "No service is reachable under this name here. A service calls another by its internal name once it is connected to it.";

export function renderInside(settings: BaseSettings): string {
  const { layout, inside } = settings;
  const entry = hostEntry("var(txn.host)", layout);
  const found = `${HOST_KEY},map_str(${layout.insideNames})`;
  const connection = `var(txn.caller),concat(/,txn.host),map_str(${layout.insideConnections})`;
  return `frontend inside from base
  maxconn ${insideConnections(settings)}
${inside.map((listener) => renderBind(listener, settings)).join("")}${ownBind(settings, layout.insideSocket, "handover_inside")}  log-format "${accessLog({ scheme: "%[var(txn.scheme)]", requestId: "%ID" })}"
  unique-id-format %pid-%Ts-%rt
  unique-id-header X-Request-Id
  capture request header Host len 255
  tcp-request session set-var(sess.client) src,lower
  tcp-request session set-var(sess.sni) ssl_fc_sni,lower,rtrim(.) if { so_name ingress_tls }
  http-request set-log-level silent
  http-request set-var(txn.scheme) str(http)
  http-request set-var(txn.scheme) str(https) if { so_name ingress_tls }
  http-request return status 421 content-type text/plain string "This connection was made for another host name.\\n" if { so_name ingress_tls } !{ ${HOST_KEY},strcmp(sess.sni) eq 0 }
  http-request set-var(txn.inside) ${found}
  http-request set-var(txn.host) var(txn.inside),field(1,/) if { var(txn.inside) -m found }
  http-request set-var(txn.caller) var(sess.client),map_str(${layout.insideCallers}) if { so_name bridge }
  http-request return status 404 content-type text/plain string "${NOT_FOUND}\\n" unless { var(txn.host) -m found }
  http-request return status 404 content-type text/plain string "${NOT_FOUND}\\n" if { so_name bridge } !{ ${connection} -m found }
  http-request return status 404 content-type text/plain string "${NOT_FOUND}\\n" unless { so_name bridge handover_inside } || { var(txn.inside),field(2,/) -m str ingress }
${renderGuards({ scheme: "%[var(txn.scheme)]", port: "%[dst_port]" })}  use_backend handover_inside if { stopping } !{ so_name handover_inside }
  use_backend %[${entry},field(8,/)] if { ${entry},field(8,/) -m len gt 0 }
  use_backend %[${entry},field(4,/)]
  default_backend unknown_host

backend handover_inside from base
  server self unix@${workerPath(settings, layout.insideSocket)} send-proxy-v2
`;
}

function renderBind({ name, address, port }: InsideListener, { layout }: BaseSettings): string {
  const host = isIPv6(address) ? `ipv6@${address}` : address === "*" ? "ipv4@" : `ipv4@${address}`;
  const tls =
    name === "ingress_tls"
      ? ` ssl crt ${layout.defaultCertificate} crt-list ${layout.certificateList} alpn h2,http/1.1`
      : "";
  return `  bind ${host}:${port} transparent name ${name}${tls}\n`;
}

/** Of the tenth that clients of the public ports leave, half: requests that pass a gate come in again. */
function insideConnections({ maxConnections }: BaseSettings): number {
  return Math.max(20, Math.floor(maxConnections * 0.05));
}
