import type { AuditLink } from "../../ports/audit-trail.ts";
import type { Handler } from "../handler.ts";

/** Ours: reads the whole trail. */
export const verifyAuditTrail: Handler<"VerifyAuditTrail"> = async (_input, { audit }) => {
  const verdict = await audit.verify();
  return {
    RecordCount: verdict.recordCount,
    ProblemCount: verdict.problemCount,
    Problems: verdict.problems.map(({ kind, sequence, file, detail }) => ({
      Kind: kind,
      Sequence: sequence,
      Detail: detail,
      ...(file !== "" && { File: file }),
    })),
    ...(verdict.firstSequence !== null && { FirstSequence: verdict.firstSequence }),
    ...(verdict.head !== null && { Head: linkToWire(verdict.head) }),
    ...(verdict.anchor !== null && { Anchor: linkToWire(verdict.anchor) }),
  };
};

function linkToWire({ sequence, hash }: AuditLink) {
  return { Sequence: sequence, Hash: hash };
}
