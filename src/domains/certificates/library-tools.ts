/** CertificateTools by node's own cryptography and @peculiar/x509. */
import { createPrivateKey, generateKeyPair, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import type { CertificateTools } from "../certificate-tools.ts";
import { checkCertificate, describeChain } from "./certificate-check.ts";
import { type LocalAuthority, makeSelfSigned } from "./local-authority.ts";

const generate = promisify(generateKeyPair);

export function certificateTools(authority: LocalAuthority): CertificateTools {
  return {
    async makeKey() {
      const { privateKey } = await generate("ec", { namedCurve: "P-256" });
      return String(privateKey.export({ type: "pkcs8", format: "pem" }));
    },
    describe: describeChain,
    isKeyOf: (keyPem, chainPem) => new X509Certificate(chainPem).checkPrivateKey(createPrivateKey(keyPem)),
    readImport: checkCertificate,
    issueLocally: (names, nowMs) =>
      names.every((name) => authority.mayCertify(name))
        ? authority.issue(names, nowMs)
        : makeSelfSigned(names, nowMs),
    localAuthorityPem: () => authority.pem,
  };
}
