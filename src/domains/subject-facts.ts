/** All that is known of one subject when it is decided what to do next. */
import type { CertificateSubject, Issuance } from "../domain/certificate.ts";
import type { CustomDomain } from "../domain/custom-domain.ts";
import type { NameEntry } from "../ports/edge-tls.ts";
import type { CertificateFacts } from "./certificate-choice.ts";

export interface SubjectFacts {
  readonly subject: CertificateSubject;
  /** Null for the platform, and for a domain that is gone. */
  readonly domain: CustomDomain | null;
  /** Names that need a certificate; empty for a domain that is gone or going. */
  readonly names: readonly string[];
  /** The service's own host, where its domains have to lead; null for the platform and without a service. */
  readonly host: string | null;
  /** Label under the zone of the platform's own proof. */
  readonly platformLabel: string;
  readonly issuance: Issuance;
  /** The best certificate there is for these names, valid now. */
  readonly chosen: CertificateFacts | null;
  /** Who can issue one: the configured authority, the installation's own, or nobody. */
  readonly issuer: "acme" | "local" | null;
  /** One of the local authority is good enough until the other can be had. */
  readonly hasLocalMeanwhile: boolean;
  /** Whether the chosen one is at the edge as it should be. */
  readonly isLoaded: boolean;
  /** Names whose entry at the edge is missing or another one than it should be. */
  readonly unrouted: ReadonlyMap<string, NameEntry>;
  readonly memory: SubjectMemory;
}

export type Proof = "http" | "dns";

/** What may be lost at any moment: it only says how fresh our knowledge is and when to try again. */
export interface SubjectMemory {
  /** How each name can be proven, as a look saw it. */
  readonly proofs: { readonly atMs: number; readonly byName: ReadonlyMap<string, Proof> } | null;
  /** The last handshake. */
  readonly served: {
    readonly atMs: number;
    readonly fingerprint: string;
    readonly problem: string | null;
  } | null;
  /** Nothing was verified since the start: when it is time to. */
  readonly verifyAtMs: number;
  /** Of the order under way. */
  readonly poll: { readonly count: number; readonly atMs: number };
  /** Edge, lookup or store failed in a row. */
  readonly trouble: Trouble | null;
  /** Somebody asked to look at the records now, or even to try at the authority whatever pause was meant. */
  readonly urgency: "look" | "try" | null;
}

export interface Trouble {
  /** Name of the step that failed. */
  readonly step: string;
  readonly count: number;
  readonly retryAtMs: number;
  /** For people. */
  readonly message: string;
}

export const freshMemory: Omit<SubjectMemory, "verifyAtMs"> = {
  proofs: null,
  served: null,
  poll: { count: 0, atMs: 0 },
  trouble: null,
  urgency: null,
};

export function blankIssuance(subject: CertificateSubject, names: readonly string[]): Issuance {
  return {
    subject,
    names,
    certificateId: null,
    order: null,
    renewAtMs: null,
    nextAttemptMs: 0,
    failureCount: 0,
    problem: null,
    warnedAtMs: null,
  };
}
