/** Makes certificates of our own: ECDSA P-256, either a constrained authority or a server. */
import { createPrivateKey, randomBytes } from "node:crypto";
import type * as X509 from "@peculiar/x509";
import { toPem } from "./pem.ts";

export interface Made {
  readonly certificatePem: string;
  /** PKCS #8. */
  readonly keyPem: string;
}

export interface CertificateWish {
  readonly kind: "authority" | "server";
  readonly commonName: string | null;
  /** Of a server: what it is for. Of an authority: below which it may certify. */
  readonly names: readonly string[];
  /** Null: signed by itself. */
  readonly issuer: Made | null;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const SERIAL_BYTES = 16;
const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
const NAME_CONSTRAINTS = "2.5.29.30";
const ALL_IPV4 = Buffer.alloc(8);
const ALL_IPV6 = Buffer.alloc(32);

export async function makeCertificate(wish: CertificateWish): Promise<Made> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const issuer = wish.issuer === null ? null : await readIssuer(x509, wish.issuer);
  const subject = wish.commonName === null ? "" : `CN=${wish.commonName}`;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    notBefore: new Date(wish.notBeforeMs),
    notAfter: new Date(wish.notAfterMs),
    publicKey: keys.publicKey,
    signingKey: issuer?.key ?? keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      ...(wish.kind === "authority" ? authorityExtensions(x509, wish) : serverExtensions(x509, wish)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer?.certificate.publicKey ?? keys.publicKey),
    ],
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { certificatePem: toPem("CERTIFICATE", certificate.rawData), keyPem: toPem("PRIVATE KEY", key) };
}

/** Loaded where certificates are made: it takes as long as all of the command line. */
async function loadX509(): Promise<typeof X509> {
  await import("reflect-metadata");
  return import("@peculiar/x509");
}

async function readIssuer(x509: typeof X509, { certificatePem, keyPem }: Made) {
  const der = createPrivateKey(keyPem).export({ type: "pkcs8", format: "der" });
  return {
    certificate: new x509.X509Certificate(certificatePem),
    key: await crypto.subtle.importKey("pkcs8", new Uint8Array(der), ALGORITHM, false, ["sign"]),
  };
}

function authorityExtensions(x509: typeof X509, { names }: CertificateWish): readonly X509.Extension[] {
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  return [
    new x509.BasicConstraintsExtension(true, 0, true),
    new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
    new x509.ExtendedKeyUsageExtension([SERVER_AUTHENTICATION]),
    new x509.Extension(NAME_CONSTRAINTS, true, nameConstraints(names)),
  ];
}

function serverExtensions(
  x509: typeof X509,
  { names, commonName }: CertificateWish,
): readonly X509.Extension[] {
  const alternatives = names.map((value) => ({ type: "dns", value }) as const);
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([SERVER_AUTHENTICATION]),
    // Critical where the subject is empty (RFC 5280, 4.2.1.6).
    new x509.SubjectAlternativeNameExtension(alternatives, commonName === null),
  ];
}

/** Positive, random, never zero at the front. */
function newSerial(): string {
  const serial = randomBytes(SERIAL_BYTES);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial.toString("hex");
}

/**
 * NameConstraints (RFC 5280, 4.2.1.10): permitted are these DNS names with all below; excluded are all addresses, which a
 * constraint on names says nothing of.
 */
function nameConstraints(domains: readonly string[]): Uint8Array<ArrayBuffer> {
  const permitted = domains.map((domain) => der(0x30, der(0x82, Buffer.from(domain, "ascii"))));
  const excluded = [ALL_IPV4, ALL_IPV6].map((range) => der(0x30, der(0x87, range)));
  return new Uint8Array(der(0x30, der(0xa0, ...permitted), der(0xa1, ...excluded)));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
  // DER: as short as it can be.
  return Buffer.concat([
    Buffer.from([tag]),
    body.length < 0x100 ? Buffer.from([0x81, body.length]) : length,
    body,
  ]);
}
