/**
 * Whether a browser's request comes from a page of this very address. Sites of the same domain (services that run here may
 * be some) get past SameSite, so what the browser says of the origin counts as well. A name that an attacker's DNS leads
 * here is not ours: only the public address, addresses in digits and `localhost` are.
 */
import { isIP } from "node:net";
import type { HeaderValues } from "./sigv4/signed-request.ts";

/** Where others reach the API: `publicApiUrl`. */
export type PublicUrl = Pick<URL, "host" | "origin" | "pathname" | "protocol">;

/** Null: it does. Else a sentence that says what is wrong. */
export function originProblem(headers: HeaderValues, publicUrl: PublicUrl): string | null {
  const [host = "", ...moreHosts] = headers.get("host") ?? [];
  const [origin, ...moreOrigins] = headers.get("origin") ?? [];
  const [site] = headers.get("sec-fetch-site") ?? [];
  if (moreHosts.length > 0 || moreOrigins.length > 0) return "Host or Origin is given twice.";
  if (site !== undefined && site !== "same-origin")
    return `It comes from another site (${site.slice(0, 20)}).`;
  if (origin === undefined) {
    return site === undefined ? "It does not say where it comes from: Origin is missing." : null;
  }
  if (origin === publicUrl.origin && host.toLowerCase() !== publicUrl.host)
    return hostProblem(host, publicUrl);
  if (isOwn(origin, host, publicUrl)) return null;
  return `It comes from ${origin.slice(0, 100)}, and this is ${publicUrl.origin}. If people reach it at another name, set publicApiUrl to that.`;
}

/** Without it nothing tells that the browser came by TLS, and its cookies would be those of plain http. */
export function hostProblem(host: string, publicUrl: PublicUrl): string {
  return `The proxy before Slipway must pass Host on unchanged: it says ${host.slice(0, 100)} instead of ${publicUrl.host}.`;
}

/** TLS ends at the proxy that serves the public address. */
export function isSecure(headers: HeaderValues, publicUrl: PublicUrl): boolean {
  return publicUrl.protocol === "https:" && headers.get("host")?.[0]?.toLowerCase() === publicUrl.host;
}

/** What a proxy takes away before the path: empty, or `/slipway`. */
export function basePath({ pathname }: PublicUrl): string {
  return pathname.replace(/\/+$/, "");
}

function isOwn(origin: string, host: string, publicUrl: PublicUrl): boolean {
  if (origin === publicUrl.origin) return true;
  return origin === `http://${host.toLowerCase()}` && isLocalName(URL.parse(origin)?.hostname ?? "");
}

function isLocalName(name: string): boolean {
  return name === "localhost" || isIP(name.replaceAll(/[[\]]/g, "")) !== 0;
}
