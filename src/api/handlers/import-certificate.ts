import type { Handler } from "../handler.ts";
import { certificateToWire } from "../wire/domain-to-wire.ts";

/** Ours: a certificate of the user's own. */
export const importCertificate: Handler<"ImportCertificate"> = async (input, { domains }) => ({
  Certificate: certificateToWire(
    await domains.importCertificate({
      certificatePem: input.Certificate,
      privateKeyPem: input.PrivateKey,
      chainPem: input.CertificateChain ?? null,
      certificateId: input.CertificateId ?? null,
    }),
  ),
});
