/** An audit trail in memory, for tests of what is recorded. */
import { type AuditedCall, type AuditRecord, hasAttribute } from "../domain/audit.ts";
import type { AuditPage, AuditQuery, AuditTrail, AuditVerdict } from "./audit-trail.ts";

export class FakeAuditTrail implements AuditTrail {
  readonly records: AuditRecord[] = [];
  /** Sequences of those that had to be on disk. */
  readonly lasting = new Set<number>();

  async record(call: AuditedCall, { mustLast }: { readonly mustLast: boolean }): Promise<void> {
    const sequence = this.records.length + 1;
    if (mustLast) this.lasting.add(sequence);
    this.records.push({
      ...call,
      sequence,
      id: `00000000-0000-4000-8000-${String(sequence).padStart(12, "0")}`,
    });
  }

  async lookup({ startMs, endMs, conditions, beforeSequence, limit }: AuditQuery): Promise<AuditPage> {
    const found = this.records
      .filter(({ sequence }) => beforeSequence === null || sequence < beforeSequence)
      .filter(({ atMs }) => atMs >= startMs && atMs <= endMs)
      .filter((record) => conditions.every(({ attribute, value }) => hasAttribute(record, attribute, value)))
      .toReversed();
    const records = found.slice(0, limit);
    return { records, beforeSequence: found.length > limit ? (records.at(-1)?.sequence ?? null) : null };
  }

  async verify(): Promise<AuditVerdict> {
    const sequence = this.records.length;
    return {
      recordCount: sequence,
      firstSequence: sequence === 0 ? null : 1,
      head: sequence === 0 ? null : { sequence, hash: "fake" },
      anchor: null,
      problemCount: 0,
      problems: [],
    };
  }
}
