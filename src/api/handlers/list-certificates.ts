import type { Handler } from "../handler.ts";
import { certificateToWire } from "../wire/domain-to-wire.ts";

/** Ours: all certificates, the newest first. */
export const listCertificates: Handler<"ListCertificates"> = async (_input, { store }) => ({
  Certificates: (await store.certificates.listAll()).map(certificateToWire),
});
