/**
 * Whether a certificate, its key and its chain can be served, and what they say of themselves. Each problem is a sentence
 * that names the member and what would be right; nothing of a key ever gets into one.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { SERVED_PEM_MAX_BYTES } from "../../domain/certificate.ts";
import type { CertificateDescription, GivenCertificate, KeyedChain } from "../certificate-tools.ts";
import { isSelfSigned, orderChain } from "./certificate-chain.ts";
import { type CertificateMember, problemOf, told } from "./certificate-problem.ts";
import { namesIn } from "./certificate-names.ts";
import { type PemBlock, pemBlocks } from "./pem.ts";

const MEMBER_MAX_BYTES = 64 * 1024;
const CERTIFICATES_MAX = 10;
const RSA_MIN_BITS = 2048;
const RSA_MAX_BITS = 8192;
const CURVES: ReadonlySet<string> = new Set(["prime256v1", "secp384r1"]);
/** serverAuth, or any. */
const SERVER_USAGES: ReadonlySet<string> = new Set(["1.3.6.1.5.5.7.3.1", "2.5.29.37.0"]);
/** 1.3.6.1.5.5.7.1.24 (RFC 7633), encoded. */
const MUST_STAPLE = Buffer.from("06082b06010505070118", "hex");

/** Leaf first, without the root; the key as PKCS #8. Throws InvalidParameter for what cannot be served now. */
export function checkCertificate(given: GivenCertificate, nowMs: number): KeyedChain {
  const key = readKey(given.privateKeyPem);
  const certificates = readCertificates("Certificate", given.certificatePem);
  const chain = given.chainPem === null ? [] : readCertificates("CertificateChain", given.chainPem);
  const ordered = orderChain({ certificates, chain, key });
  const [leaf, ...issuers] = ordered;
  assertKeyKind(key);
  assertServable(leaf, nowMs);
  for (const issuer of issuers) assertIssuer(issuer, nowMs);
  const keyed = {
    chainPem: ordered.map((one) => one.toString()).join(""),
    keyPem: String(key.export({ type: "pkcs8", format: "pem" })),
  };
  assertSize(keyed);
  return keyed;
}

function assertSize({ chainPem, keyPem }: KeyedChain): void {
  const bytes = Buffer.byteLength(chainPem + keyPem);
  if (bytes <= SERVED_PEM_MAX_BYTES) return;
  throw problemOf(
    "Certificate",
    `it, its chain and its key have ${bytes} bytes, ${SERVED_PEM_MAX_BYTES} are the most. Use an EC key, or fewer names.`,
  );
}

/** What the first certificate of a chain says of itself. Throws InvalidParameter when it is none. */
export function describeChain(chainPem: string): CertificateDescription {
  const [leaf] = readCertificates("Certificate", chainPem);
  return {
    names: namesIn(leaf),
    fingerprint: fingerprintOf(leaf),
    issuer: told(leaf.issuer),
    notBeforeMs: leaf.validFromDate.getTime(),
    notAfterMs: leaf.validToDate.getTime(),
  };
}

/** SHA-256, lower-case hex without colons. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(":", "").toLowerCase();
}

function readCertificates(
  member: CertificateMember,
  text: string,
): readonly [X509Certificate, ...X509Certificate[]] {
  const blocks = readBlocks(member, text);
  if (blocks.some(({ label }) => label.endsWith("PRIVATE KEY"))) {
    throw problemOf(
      member,
      "it holds a private key. Give that as PrivateKey only: this member is no secret.",
    );
  }
  const [first, ...more] = blocks.filter(({ label }) => label === "CERTIFICATE");
  if (first === undefined) {
    throw problemOf(
      member,
      "it holds no certificate. Give PEM, a text that begins with -----BEGIN CERTIFICATE----- (of DER: openssl x509 -inform der -in FILE).",
    );
  }
  if (more.length >= CERTIFICATES_MAX) {
    const count = more.length + 1;
    throw problemOf(
      member,
      `it holds ${count} certificates. Give the ones up to the root: ${CERTIFICATES_MAX} at most.`,
    );
  }
  return [
    parseCertificate(member, first, 1),
    ...more.map((block, index) => parseCertificate(member, block, index + 2)),
  ];
}

function parseCertificate(member: CertificateMember, { text }: PemBlock, number: number): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw problemOf(member, `certificate ${number} in it is damaged. Copy the file again, whole.`, cause);
  }
}

function readBlocks(member: CertificateMember, text: string): readonly PemBlock[] {
  if (Buffer.byteLength(text) > MEMBER_MAX_BYTES) {
    throw problemOf(
      member,
      `it is longer than ${MEMBER_MAX_BYTES / 1024} KiB. Give only what belongs to this certificate.`,
    );
  }
  return pemBlocks(text);
}

function readKey(text: string): KeyObject {
  const blocks = readBlocks("PrivateKey", text).filter(({ label }) => label.endsWith("PRIVATE KEY"));
  const [block, second] = blocks;
  if (block === undefined) {
    throw problemOf(
      "PrivateKey",
      "it holds no private key. Give PEM: a text that begins with -----BEGIN PRIVATE KEY-----.",
    );
  }
  if (second !== undefined)
    throw problemOf("PrivateKey", "it holds several keys. Give the one of the certificate.");
  if (block.label.startsWith("ENCRYPTED") || block.text.includes("Proc-Type: 4,ENCRYPTED")) {
    throw problemOf(
      "PrivateKey",
      "it is encrypted. Give it without a passphrase: openssl pkey -in key.pem -out plain.pem.",
    );
  }
  try {
    return createPrivateKey(block.text);
  } catch {
    // Without the cause: nobody knows what a library tells of the key it could not read.
    throw problemOf("PrivateKey", "it is damaged, or of an unknown kind. Copy the file again, whole.");
  }
}

function assertKeyKind({ asymmetricKeyType: kind, asymmetricKeyDetails: details }: KeyObject): void {
  const { modulusLength: bits = 0, namedCurve: curve = "" } = details ?? {};
  if (kind === "rsa" && bits >= RSA_MIN_BITS && bits <= RSA_MAX_BITS) return;
  if (kind === "ec" && CURVES.has(curve)) return;
  const found = kind === "rsa" ? `RSA of ${bits} bits` : [kind ?? "unknown", curve].filter(Boolean).join(" ");
  throw problemOf(
    "PrivateKey",
    `its kind (${found}) is not what all clients take. Use RSA of ${RSA_MIN_BITS} to ${RSA_MAX_BITS} bits, or EC P-256 or P-384.`,
  );
}

function assertServable(leaf: X509Certificate, nowMs: number): void {
  if (leaf.ca) {
    const hint = isSelfSigned(leaf)
      ? ' ("openssl req -x509" makes one unless told -addext basicConstraints=critical,CA:FALSE)'
      : "";
    throw problemOf(
      "Certificate",
      `it is one of an authority, not of a server${hint}. Give the certificate of the server.`,
    );
  }
  if (namesIn(leaf).length === 0) {
    throw problemOf(
      "Certificate",
      "it has no DNS names (subjectAltName), and clients look nowhere else. Have it issued with them.",
    );
  }
  // Absent: good for everything. The types say it is always there.
  const usages = leaf.keyUsage as readonly string[] | undefined;
  if (usages !== undefined && !usages.some((one) => SERVER_USAGES.has(one))) {
    throw problemOf(
      "Certificate",
      "its extended key usage does not have serverAuth. Have one issued for TLS servers.",
    );
  }
  if (leaf.raw.includes(MUST_STAPLE)) {
    throw problemOf(
      "Certificate",
      "it demands OCSP stapling (must-staple), which is not done here. Have it issued without.",
    );
  }
  assertTimely("Certificate", leaf, nowMs);
  assertSignature("Certificate", leaf);
}

function assertIssuer(issuer: X509Certificate, nowMs: number): void {
  if (!issuer.ca) {
    throw problemOf(
      "CertificateChain",
      `${told(issuer.subject)} may not sign others: it is not of an authority. Give the chain as issued.`,
    );
  }
  assertTimely("CertificateChain", issuer, nowMs);
  assertSignature("CertificateChain", issuer);
}

function assertTimely(member: CertificateMember, certificate: X509Certificate, nowMs: number): void {
  const { validFromDate: from, validToDate: to, subject } = certificate;
  if (to.getTime() <= nowMs) {
    throw problemOf(member, `${told(subject)} ended on ${day(to)}. Give one that is valid.`);
  }
  if (from.getTime() > nowMs) {
    throw problemOf(
      member,
      `${told(subject)} begins on ${day(from)}. Give one that is valid now, or set this machine's clock.`,
    );
  }
}

function assertSignature(member: CertificateMember, certificate: X509Certificate): void {
  const { signatureAlgorithm = "" } = certificate;
  if (!/sha1|md5/i.test(signatureAlgorithm)) return;
  throw problemOf(
    member,
    `${told(certificate.subject)} is signed with ${signatureAlgorithm}, which clients refuse. Have it issued with SHA-256.`,
  );
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
