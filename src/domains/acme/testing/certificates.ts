/** Certificates for tests, made in this process. */
import "reflect-metadata";
import { randomBytes, type webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;

export interface Made {
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

export async function makeCertificate(wish: {
  readonly name: string;
  /** Itself unless given. */
  readonly issuer?: Made;
  readonly isAuthority?: boolean;
  /** Tells the key of its issuer, as public authorities' do. */
  readonly hasIssuerKey?: boolean;
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
}): Promise<Made> {
  const { name, issuer, notBeforeMs = Date.now() - DAY_MS, notAfterMs = Date.now() + DAY_MS } = wish;
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `00${randomBytes(8).toString("hex")}`,
    subject: `CN=${name}`,
    issuer: issuer === undefined ? `CN=${name}` : issuer.certificate.subject,
    notBefore: new Date(notBeforeMs),
    notAfter: new Date(notAfterMs),
    publicKey: keys.publicKey,
    signingKey: issuer === undefined ? keys.privateKey : issuer.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(wish.isAuthority === true, undefined, true),
      ...(wish.hasIssuerKey === true
        ? [await x509.AuthorityKeyIdentifierExtension.create((issuer?.keys ?? keys).publicKey)]
        : []),
      new x509.SubjectAlternativeNameExtension([
        { type: "ip", value: "127.0.0.1" },
        { type: "dns", value: name },
      ]),
    ],
  });
  const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const keyPem = `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`;
  return { certificatePem: `${certificate.toString("pem")}\n`, keyPem, certificate, keys };
}
