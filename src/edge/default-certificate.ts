/**
 * The certificate that clients get whose name has none: self-signed, for nobody, so that it tells nothing of who is served
 * here. HAProxy does not start without it, nor without the list of all others.
 */
import { webcrypto } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { checkedPair, splitPem } from "./certificate-file.ts";
import { fileExists, writeDurably } from "./durable-file.ts";
import type { EdgeLayout } from "./layout.ts";
import { markReload } from "./reload-mark.ts";

/** A name that can never lead anywhere (RFC 2606). */
const NOBODY = "slipway.invalid";
const YEAR_MS = 365 * 24 * 3_600_000;
const LASTS_MS = 10 * YEAR_MS;
const KEY = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Makes what is missing or runs out within a year. */
export async function ensureDefaultCertificate(layout: EdgeLayout): Promise<void> {
  await mkdir(layout.certificateDirectory, { recursive: true, mode: 0o700 });
  if (!(await fileExists(layout.certificateList))) await writeDurably(layout.certificateList, "");
  const nowMs = Date.now();
  if (await isGood(layout.defaultCertificate, nowMs)) return;
  await markReload(layout);
  await writeDurably(layout.defaultCertificate, await makeCertificate(nowMs));
}

async function isGood(path: string, nowMs: number): Promise<boolean> {
  try {
    const { chainPem, keyPem } = splitPem(await readFile(path, "utf8"));
    const { leaf } = checkedPair(chainPem, keyPem);
    return Date.parse(leaf.validTo) - nowMs > YEAR_MS;
  } catch {
    return false;
  }
}

/** Key and certificate as PEM. The library is loaded here: each start and each command would pay for it, and few make any. */
async function makeCertificate(nowMs: number): Promise<string> {
  await import("reflect-metadata");
  const { X509CertificateGenerator } = await import("@peculiar/x509");
  const keys = await webcrypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${NOBODY}`,
      notBefore: new Date(nowMs - YEAR_MS),
      notAfter: new Date(nowMs + LASTS_MS),
      signingAlgorithm: KEY,
      keys,
    },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return `${certificate.toString("pem")}\n-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`;
}
