/** Certificates for tests: self-signed, or by an authority that is made on the way. */
import "reflect-metadata";
import { createHash, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  Extension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { EdgeCertificate } from "../../ports/edge-tls.ts";

export interface TestCertificate extends EdgeCertificate {
  /** SHA-256 of the leaf, lower-case hex. */
  readonly fingerprint: string;
}

export interface TestCertificateOptions {
  readonly id?: string;
  readonly issuer?: TestAuthority;
  readonly algorithm?: Algorithm;
  readonly lastsMs?: number;
  readonly isMustStaple?: boolean;
}

interface TestAuthority {
  readonly certificate: X509Certificate;
  readonly key: webcrypto.CryptoKey;
  readonly signing: Signing;
}

type Signing = { readonly hash: webcrypto.AlgorithmIdentifier } & webcrypto.Algorithm;
type Algorithm = webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams;

const P256: Algorithm = { name: "ECDSA", namedCurve: "P-256" };
const DAY_MS = 86_400_000;
const TLS_FEATURE = "1.3.6.1.5.5.7.1.24";
const STATUS_REQUEST = Buffer.from("3003020105", "hex");

let count = 0;

export async function makeCertificate(
  names: readonly string[],
  options: TestCertificateOptions = {},
): Promise<TestCertificate> {
  const { id = testId(++count), issuer, algorithm = P256, lastsMs = 90 * DAY_MS, isMustStaple } = options;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const self = { key: keys.privateKey, signing: signingOf(algorithm) };
  const { key: signingKey, signing } = issuer ?? self;
  const certificate = await X509CertificateGenerator.create(
    {
      subject: `CN=${names[0]}`,
      issuer: issuer?.certificate.subject ?? `CN=${names[0]}`,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + lastsMs),
      signingAlgorithm: signing,
      publicKey: keys.publicKey,
      signingKey,
      extensions: [
        new SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value }))),
        ...(isMustStaple === true ? [new Extension(TLS_FEATURE, false, STATUS_REQUEST)] : []),
      ],
    },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const chain = [certificate, ...(issuer === undefined ? [] : [issuer.certificate])];
  return {
    id,
    names,
    chainPem: chain.map((link) => `${link.toString("pem")}\n`).join(""),
    keyPem: pem("PRIVATE KEY", key),
    fingerprint: createHash("sha256").update(Buffer.from(certificate.rawData)).digest("hex"),
  };
}

/** `saltLength` is for RSA-PSS. */
export async function makeAuthority(
  algorithm: Algorithm & { readonly saltLength?: number } = P256,
): Promise<TestAuthority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const signing = signingOf(algorithm);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: "CN=Test Authority",
      signingAlgorithm: signing,
      keys,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    },
    webcrypto,
  );
  return { certificate, key: keys.privateKey, signing };
}

function signingOf(algorithm: Algorithm): Signing {
  return { hash: "SHA-256", ...algorithm };
}

export function testId(number: number): string {
  return number.toString(16).padStart(32, "0");
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
