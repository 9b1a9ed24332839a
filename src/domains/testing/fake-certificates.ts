/** Certificates as texts that say what they are, instead of real ones: what the keeper decides is about their facts. */
import { SlipwayError } from "../../domain/error.ts";
import type { CertificateDescription, CertificateTools } from "../certificate-tools.ts";

const LOCAL_LIFE_MS = 90 * 86_400_000;

export interface FakeIssue {
  readonly nowMs: number;
  readonly lifeMs: number;
  readonly issuer: string;
  /** Whose certificate it is. */
  readonly keyPem?: string;
}

export class FakeCertificates {
  #serial = 0;

  readonly tools: CertificateTools = {
    makeKey: async () => "key",
    isKeyOf: (keyPem, chainPem) => (JSON.parse(chainPem) as { keyPem: string }).keyPem === keyPem,
    describe: (chainPem) => this.describe(chainPem),
    readImport: ({ certificatePem, privateKeyPem }) => {
      if (privateKeyPem !== "key") {
        throw new SlipwayError("InvalidParameter", { path: "PrivateKey", problem: "does not belong to it" });
      }
      return { chainPem: certificatePem, keyPem: privateKeyPem };
    },
    issueLocally: async (names, nowMs) => ({
      chainPem: this.issue(names, { nowMs, lifeMs: LOCAL_LIFE_MS, issuer: "Local" }),
      keyPem: "key",
    }),
    localAuthorityPem: () => "local authority",
  };

  issue(names: readonly string[], { nowMs, lifeMs, issuer, keyPem = "key" }: FakeIssue): string {
    const description: CertificateDescription = {
      names,
      fingerprint: `fingerprint-${++this.#serial}`,
      issuer,
      notBeforeMs: nowMs,
      notAfterMs: nowMs + lifeMs,
    };
    return JSON.stringify({ ...description, keyPem });
  }

  describe(chainPem: string): CertificateDescription {
    const { keyPem: _key, ...description } = JSON.parse(chainPem) as CertificateDescription & {
      keyPem: string;
    };
    return description;
  }
}
