/** What the doctor says of names and certificates: those of the platform, and custom domains that need somebody. */
import type { Certificate, Issuance } from "../domain/certificate.ts";
import type { CustomDomain } from "../domain/custom-domain.ts";
import type { Tables } from "../ports/store.ts";
import { type DoctorCheck, ok, warning } from "./doctor-check.ts";

const DAY_MS = 86_400_000;
/** Of many domains in trouble the first few: the rest is a command away. */
const DOMAINS_NAMED = 3;

/** What the store knows: nobody is asked for it. */
export async function checkCertificates(
  { issuances, certificates, customDomains }: Pick<Tables, "issuances" | "certificates" | "customDomains">,
  nowMs: number,
): Promise<readonly DoctorCheck[]> {
  const platform = await issuances.get("platform");
  const certificateId = platform?.certificateId ?? null;
  const certificate = certificateId === null ? null : await certificates.get(certificateId);
  return [platformCheck(platform, certificate, nowMs), domainsCheck(await customDomains.listAll())];
}

function platformCheck(
  platform: Issuance | null,
  certificate: Certificate | null,
  nowMs: number,
): DoctorCheck {
  const name = "platform-certificate";
  const served = certificate === null ? "none yet" : describe(certificate, nowMs);
  const problem = platform?.problem ?? null;
  return problem === null ? ok(name, served) : warning(name, served, problem);
}

function describe({ names, origin, issuer, notAfterMs }: Certificate, nowMs: number): string {
  const days = Math.floor((notAfterMs - nowMs) / DAY_MS);
  const by = origin === "local" ? "this installation's own authority" : issuer;
  return `${names.join(", ")} by ${by}, ${days < 0 ? "expired" : `good for ${days} days`}`;
}

function domainsCheck(domains: readonly CustomDomain[]): DoctorCheck {
  const name = "custom-domains";
  const troubled = domains.filter(({ problem }) => problem !== null);
  if (troubled.length === 0) return ok(name, `${domains.length}, nothing missing`);
  const named = troubled.slice(0, DOMAINS_NAMED).map((domain) => domain.name);
  const more = troubled.length > named.length ? ", …" : "";
  return warning(
    name,
    `${troubled.length} of ${domains.length} need something: ${named.join(", ")}${more}`,
    `See what: slipway domains check ${named[0]}`,
  );
}
