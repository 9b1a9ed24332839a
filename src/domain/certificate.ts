/** Certificates, and how far getting or renewing one is. */

/**
 * `acme`: issued by the configured authority. `imported`: the user's own. `local`: by the authority of this installation,
 * for names that no public one would certify.
 */
export type CertificateOrigin = "acme" | "imported" | "local";

export interface Certificate {
  /** 32 hex; names the file at the edge. */
  readonly id: string;
  readonly origin: CertificateOrigin;
  /** DNS names it is for, wildcards as `*.…`, lower case. */
  readonly names: readonly string[];
  /** Leaf first, without the root. */
  readonly chainPem: string;
  /** Private key in PEM, sealed for `certificateKeyPurpose(id)`. */
  readonly sealedKey: string;
  /** SHA-256 of the leaf, lower-case hex without colons. */
  readonly fingerprint: string;
  /** What issued it, as it calls itself. */
  readonly issuer: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly createdAtMs: number;
}

export function certificateKeyPurpose(id: string): string {
  return `certificate ${id}`;
}

/** Whom a certificate is for: the platform's own names, or a custom domain by its name. */
export type CertificateSubject = "platform" | `domain:${string}`;

export function domainSubject(name: string): CertificateSubject {
  return `domain:${name}`;
}

/** How far a subject's certificate is. One row a subject; its history is in the events. */
export interface Issuance {
  readonly subject: CertificateSubject;
  readonly names: readonly string[];
  /** The newest usable certificate; null before the first. */
  readonly certificateId: string | null;
  /** Under way at the authority. A crash at any moment goes on with it. */
  readonly order: CertificateOrder | null;
  /** When the certificate in use is to be replaced; null without one, or when nobody can (imported). */
  readonly renewAtMs: number | null;
  /** Nothing is tried before: back-off, or what the authority demanded. */
  readonly nextAttemptMs: number;
  /** When the authority was asked last and did not issue. */
  readonly attemptedAtMs?: number;
  /** In a row. */
  readonly failureCount: number;
  readonly problem: string | null;
  /** When it was last warned that the certificate runs out; null while there is no need. */
  readonly warnedAtMs: number | null;
  /** The authority demanded to be left alone until then: nobody's wish makes it earlier. */
  readonly closedUntilMs?: number;
  /** When the authority is asked next whether it wishes an early renewal. */
  readonly askRenewalAtMs?: number;
}

export interface CertificateOrder {
  readonly url: string;
  readonly directoryUrl: string;
  /** Of the certificate to come: its private key is made, and sealed for it, before the order is placed. */
  readonly certificateId: string;
  readonly sealedKey: string;
  /** The certificate signing request was sent. */
  readonly isFinalized: boolean;
  readonly placedAtMs: number;
}

/**
 * Of a chain and its key in PEM together. The edge gets them in one command, which has to fit into HAProxy's buffer of 16,384
 * bytes. The longest chains of public authorities (RSA, three certificates) take 6,000; a larger buffer would be paid for by
 * each connection.
 */
export const SERVED_PEM_MAX_BYTES = 15_000;
