/** What was asked of Slipway, by whom, and how it ended: written once, never changed. Implementation: `identity/audit`. */
import type { AuditAttribute, AuditedCall, AuditRecord } from "../domain/audit.ts";

export interface AuditTrail {
  /**
   * Adds a call. Resolves when it is on disk if it `mustLast`, else at once: it is there within a second. Never throws: a
   * trail that cannot be written is reported, and what was asked for goes on.
   */
  record(call: AuditedCall, durability: { readonly mustLast: boolean }): Promise<void>;
  /** Newest first, what was recorded so far. A page may be empty and have a cursor: then looking took too long. */
  lookup(query: AuditQuery): Promise<AuditPage>;
  /** Reads the whole trail and says where it was tampered with. */
  verify(): Promise<AuditVerdict>;
}

export interface AuditQuery {
  /** Inclusive. */
  readonly startMs: number;
  /** Inclusive. */
  readonly endMs: number;
  /** A record fulfils all of them. */
  readonly conditions: readonly AuditCondition[];
  /** From the page before; null: the newest. */
  readonly beforeSequence: number | null;
  readonly limit: number;
}

export interface AuditCondition {
  readonly attribute: AuditAttribute;
  readonly value: string;
}

export interface AuditPage {
  readonly records: readonly AuditRecord[];
  /** Null: there is nothing older. */
  readonly beforeSequence: number | null;
}

/** A record as a place in the chain. */
export interface AuditLink {
  readonly sequence: number;
  /** Of the record and of all before it. */
  readonly hash: string;
}

export interface AuditVerdict {
  readonly recordCount: number;
  /** Sequence of the oldest record that is kept; null in an empty trail. */
  readonly firstSequence: number | null;
  /** The newest record; null in an empty trail. */
  readonly head: AuditLink | null;
  /** What the database holds of it. */
  readonly anchor: AuditLink | null;
  readonly problemCount: number;
  /** The first hundred. */
  readonly problems: readonly AuditProblem[];
}

export interface AuditProblem {
  readonly kind: "changed" | "missing" | "out of order" | "anchor";
  /** Of the record, or of the first one that is missing. */
  readonly sequence: number;
  /** Name of the file; empty where none is concerned. */
  readonly file: string;
  /** One sentence for people. */
  readonly detail: string;
}
