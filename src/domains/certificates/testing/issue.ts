/** Certificates for tests, good and bad. */
import "reflect-metadata";
import { randomBytes, type webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { toPem } from "../pem.ts";

export interface Issued {
  readonly pem: string;
  readonly keyPem: string;
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface Wish {
  readonly subject?: string;
  readonly names?: readonly string[];
  /** Itself unless given. */
  readonly issuer?: Issued;
  readonly isAuthority?: boolean;
  readonly usages?: readonly string[];
  readonly extensions?: readonly x509.Extension[];
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  /** The same key again. */
  readonly keys?: webcrypto.CryptoKeyPair;
  readonly key?: KeyKind;
}

export type KeyKind =
  | "P-256"
  | "P-384"
  | "P-521"
  | "Ed25519"
  | "RSA 1024"
  | "RSA 2048"
  | "RSA 2048 that signs with SHA-1";

const DAY_MS = 86_400_000;
export const NOW_MS = Date.UTC(2026, 10, 21);
export const serverAuthentication = "1.3.6.1.5.5.7.3.1";
export const clientAuthentication = "1.3.6.1.5.5.7.3.2";

export async function issue(wish: Wish): Promise<Issued> {
  const {
    names = [],
    issuer,
    subject = names[0] === undefined ? "" : `CN=${names[0]}`,
    extensions = [],
  } = wish;
  const keys = wish.keys ?? (await makeKeys(wish.key ?? "P-256"));
  const signingKey = (issuer?.keys ?? keys).privateKey;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `4${randomBytes(8).toString("hex").slice(1)}`,
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    notBefore: new Date(wish.notBeforeMs ?? NOW_MS - DAY_MS),
    notAfter: new Date(wish.notAfterMs ?? NOW_MS + 90 * DAY_MS),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: { hash: "SHA-256", ...signingKey.algorithm },
    extensions: [
      new x509.BasicConstraintsExtension(wish.isAuthority === true, undefined, true),
      ...(names.length > 0
        ? [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns" as const, value })))]
        : []),
      ...(wish.usages === undefined ? [] : [new x509.ExtendedKeyUsageExtension([...wish.usages])]),
      ...extensions,
    ],
  });
  const der = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    pem: toPem("CERTIFICATE", certificate.rawData),
    keyPem: toPem("PRIVATE KEY", der),
    certificate,
    keys,
  };
}

/** As public authorities have it: a root, and an intermediate that issues. */
export async function makeAuthorities(): Promise<{ readonly root: Issued; readonly intermediate: Issued }> {
  const root = await issue({ subject: "CN=Test Root", isAuthority: true });
  return {
    root,
    intermediate: await issue({ subject: "CN=Test Intermediate", isAuthority: true, issuer: root }),
  };
}

export function makeKeys(kind: KeyKind): Promise<webcrypto.CryptoKeyPair> {
  if (kind === "Ed25519") return generate({ name: "Ed25519" });
  if (!kind.startsWith("RSA")) return generate({ name: "ECDSA", namedCurve: kind });
  return generate({
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: Number(kind.slice(4, 8)),
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: kind.endsWith("SHA-1") ? "SHA-1" : "SHA-256",
  });
}

async function generate(algorithm: object): Promise<webcrypto.CryptoKeyPair> {
  const made = await crypto.subtle.generateKey(algorithm as webcrypto.EcKeyGenParams, true, [
    "sign",
    "verify",
  ]);
  return made;
}
