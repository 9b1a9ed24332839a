/** The chain of certificates that an authority sends (RFC 8555, section 9.1). Pure. */
import { X509Certificate } from "node:crypto";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Leaf first, each issued by the next, without a root: clients have that or do not trust it. Null when it is no such chain. */
export function servedChain(text: string): string | null {
  const chain = certificatesOf(text);
  const [leaf] = chain;
  if (leaf === undefined || leaf.ca || !chain.every((one, index) => isIssuedByNext(one, chain[index + 1]))) {
    return null;
  }
  return chain
    .filter((one) => !isRoot(one))
    .map((one) => one.toString())
    .join("");
}

function certificatesOf(text: string): readonly X509Certificate[] {
  try {
    return (text.match(CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
  } catch {
    return [];
  }
}

function isIssuedByNext(certificate: X509Certificate, next: X509Certificate | undefined): boolean {
  return next === undefined || certificate.checkIssued(next);
}

function isRoot(certificate: X509Certificate): boolean {
  return certificate.ca && certificate.checkIssued(certificate);
}
