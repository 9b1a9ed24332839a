/** What the keeper needs of keys and certificates, whatever library reads and writes them. */
import type { Certificate } from "../domain/certificate.ts";

export interface CertificateTools {
  /** A new private key in PEM. */
  makeKey(): Promise<string>;
  /** What a chain says of its leaf. Throws InvalidParameter when it is none. */
  describe(chainPem: string): CertificateDescription;
  /** Whether the chain's leaf is for this key. */
  isKeyOf(keyPem: string, chainPem: string): boolean;
  /** Checks what a user gives: key, order of the chain, time. Throws InvalidParameter that says what would be right. */
  readImport(given: GivenCertificate, nowMs: number): KeyedChain;
  /** By the authority of this installation. */
  issueLocally(names: readonly string[], nowMs: number): Promise<KeyedChain>;
  localAuthorityPem(): string;
}

export type CertificateDescription = Pick<
  Certificate,
  "names" | "fingerprint" | "issuer" | "notBeforeMs" | "notAfterMs"
>;

export interface GivenCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly chainPem: string | null;
}

export interface KeyedChain {
  /** Leaf first. */
  readonly chainPem: string;
  readonly keyPem: string;
}
