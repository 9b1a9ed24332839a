/** Which names are served with a certificate now. */
import type { Output } from "../../api/wire.ts";

export type Certificate = Output<"Slipway.ListCertificates">["Certificates"][number];
export type Domain = Output<"Slipway.ListDomains">["Domains"][number];

export interface CertificateUse {
  readonly domains: readonly Domain[];
  /** Whether services' own URLs are served with it. */
  readonly isForOwnUrls: boolean;
}

export function certificateUse(
  certificate: Certificate,
  domains: readonly Domain[],
  baseDomain: string | undefined,
): CertificateUse {
  const { CertificateId: id, Names: names, Origin: origin } = certificate;
  return {
    domains: domains.filter(({ Certificate }) => Certificate?.CertificateId === id),
    isForOwnUrls:
      baseDomain !== undefined &&
      origin !== "imported" &&
      names.some((name) => name.startsWith("*.") && name.endsWith(`.${baseDomain}`)),
  };
}

/** The first names, and how many more there are. */
export function namesText(names: readonly string[], more: (count: number) => string): string {
  const [first = "", second, ...others] = names;
  if (second === undefined) return first;
  return others.length === 0 ? `${first}, ${second}` : `${first}, ${second} ${more(others.length)}`;
}
