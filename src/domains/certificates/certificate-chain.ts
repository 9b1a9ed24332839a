/** Puts certificates in order: the leaf, then the issuer of each. Accepts any order; the root is left out. */
import type { KeyObject, X509Certificate } from "node:crypto";
import { problemOf, told } from "./certificate-problem.ts";

interface Given {
  /** Of the member `Certificate`. */
  readonly certificates: readonly X509Certificate[];
  /** Of the member `CertificateChain`. */
  readonly chain: readonly X509Certificate[];
  readonly key: KeyObject;
}

/** Leaf first. Throws InvalidParameter. */
export function orderChain({
  certificates,
  chain,
  key,
}: Given): readonly [X509Certificate, ...X509Certificate[]] {
  const all = withoutDoubles([...certificates, ...chain]);
  const leaf = findLeaf(all, certificates, key);
  const ordered: [X509Certificate, ...X509Certificate[]] = [leaf];
  let last = leaf;
  for (let issuer = issuerOf(last, all); issuer !== null; issuer = issuerOf(last, all)) {
    if (isSelfSigned(issuer) || ordered.includes(issuer)) break;
    ordered.push(issuer);
    last = issuer;
  }
  assertNoStrangers(all, ordered);
  assertIssuerGiven(ordered, all);
  return ordered;
}

export function isSelfSigned(certificate: X509Certificate): boolean {
  return isIssuedBy(certificate, certificate);
}

function findLeaf(
  all: readonly X509Certificate[],
  certificates: readonly X509Certificate[],
  key: KeyObject,
): X509Certificate {
  const [leaf, second] = all.filter((one) => one.checkPrivateKey(key));
  if (leaf === undefined) {
    const subject = told(certificates[0]?.subject ?? "");
    throw problemOf(
      "PrivateKey",
      `it does not belong to the certificate (${subject}). Give the key it was issued for.`,
    );
  }
  if (second !== undefined) {
    throw problemOf(
      "Certificate",
      "there are two different certificates of this key. Give the newer one alone.",
    );
  }
  return leaf;
}

/** An intermediate rather than a root of the same name and key: cross-signed ones come in both kinds. */
function issuerOf(certificate: X509Certificate, all: readonly X509Certificate[]): X509Certificate | null {
  const issuers = all.filter((one) => one !== certificate && isIssuedBy(certificate, one));
  return issuers.find((one) => !isSelfSigned(one)) ?? issuers[0] ?? null;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  if (certificate.issuer !== issuer.subject) return false;
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    // A key of a kind that did not sign this.
    return false;
  }
}

/** Each must be an issuer of one in the chain, if not the one that was taken. */
function assertNoStrangers(all: readonly X509Certificate[], ordered: readonly X509Certificate[]): void {
  const stranger = all.find(
    (one) => !ordered.includes(one) && !ordered.some((member) => isIssuedBy(member, one)),
  );
  if (stranger === undefined) return;
  throw problemOf(
    "CertificateChain",
    `${told(stranger.subject)} signed none of the others. Give the certificates between this one and its root: ` +
      `the next is ${told(ordered.at(-1)?.issuer ?? "")}.`,
  );
}

/** Public authorities never issue from their root: clients would not find the way to it. */
function assertIssuerGiven(ordered: readonly X509Certificate[], all: readonly X509Certificate[]): void {
  const [leaf] = ordered;
  if (leaf === undefined || ordered.length > 1 || all.length > 1 || isSelfSigned(leaf)) return;
  if (leaf.infoAccess?.includes("CA Issuers") !== true) return;
  throw problemOf(
    "CertificateChain",
    `the certificate of the issuer (${told(leaf.issuer)}) is missing. Give the chain, too: ` +
      "authorities offer it as fullchain or bundle.",
  );
}

function withoutDoubles(certificates: readonly X509Certificate[]): readonly X509Certificate[] {
  return [...new Map(certificates.map((one) => [one.fingerprint256, one])).values()];
}
