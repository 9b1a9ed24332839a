import { X509Certificate } from "node:crypto";
import type { Handler } from "../handler.ts";

/** Ours: the certificate of this installation's own authority. */
export const getLocalAuthority: Handler<"GetLocalAuthority"> = async (_input, { domains }) => {
  const pem = domains.localAuthorityPem();
  return { Certificate: pem, Fingerprint: fingerprintOf(pem) };
};

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
}
