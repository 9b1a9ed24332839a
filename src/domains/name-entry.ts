/** How a name is treated at the edge, from its service's tags. Pure. */
import type { CertificateOrigin } from "../domain/certificate.ts";
import type { NameEntry } from "../ports/edge-tls.ts";

/** What the service's tags wish: `slipway:http` and `slipway:hsts`. */
export interface TransportWish {
  readonly onHttp: NameEntry["onHttp"] | "auto";
  readonly hstsMaxAgeS: number | null;
}

export const defaultTransport: TransportWish = { onHttp: "auto", hstsMaxAgeS: null };

/** Of a custom domain. Nobody is sent to a certificate that browsers refuse, unless tags or operator say so. */
export function entryOfDomain(
  host: string,
  { onHttp, hstsMaxAgeS }: TransportWish,
  {
    origin,
    httpsRedirect,
  }: { readonly origin: CertificateOrigin; readonly httpsRedirect: "auto" | "on" | "off" },
): NameEntry {
  const isRedirectOn = httpsRedirect === "auto" ? origin !== "local" : httpsRedirect === "on";
  const usual = isRedirectOn ? "redirect" : "serve";
  return { host, onHttp: onHttp === "auto" ? usual : onHttp, hstsMaxAgeS };
}

/** Of the service's own host; null when the edge's own rule is right for it. */
export function entryOfHost(host: string, wish: TransportWish, isRedirectOn: boolean): NameEntry | null {
  if (wish.onHttp === "auto" && wish.hstsMaxAgeS === null) return null;
  const usual = isRedirectOn ? "redirect" : "serve";
  return { host, onHttp: wish.onHttp === "auto" ? usual : wish.onHttp, hstsMaxAgeS: wish.hstsMaxAgeS };
}

export function isSameEntry(one: NameEntry | undefined, other: NameEntry): boolean {
  return one?.host === other.host && one.onHttp === other.onHttp && one.hstsMaxAgeS === other.hstsMaxAgeS;
}
