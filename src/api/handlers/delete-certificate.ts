import type { Handler } from "../handler.ts";

/** Ours: takes an imported certificate away. */
export const deleteCertificate: Handler<"DeleteCertificate"> = async (input, { domains }) => {
  await domains.deleteCertificate(input.CertificateId);
  return {};
};
