/** The spans of one operation that has ended: itself, and the steps of its journal. Pure. */
import type { Operation } from "../../domain/operation.ts";
import type { JournalEntry } from "../../ports/store.ts";
import type { Span } from "./span.ts";

/** An operation that tries for an hour has thousands; the last ones tell the most. */
const MOST_STEPS = 200;

/** The operation's id is the trace's: whoever has one finds the other. */
export function operationSpans(
  operation: Operation,
  journal: readonly JournalEntry[],
  newSpanId: () => string,
): readonly Span[] {
  const { id: traceId, endedAtMs } = operation;
  if (endedAtMs === null) return [];
  const spanId = newSpanId();
  const whole: Span = {
    traceId,
    spanId,
    parentSpanId: null,
    hasRemoteParent: false,
    kind: "internal",
    name: operation.type,
    startMs: operation.createdAtMs,
    endMs: endedAtMs,
    attributes: attributesOf(operation),
    isError: operation.status !== "SUCCEEDED",
  };
  const steps = journal
    .slice(-MOST_STEPS)
    .map(({ step, startedAtMs, endedAtMs: stepEndedAtMs, status }): Span => ({
      traceId,
      spanId: newSpanId(),
      parentSpanId: spanId,
      hasRemoteParent: false,
      kind: "internal",
      name: step,
      startMs: startedAtMs,
      endMs: stepEndedAtMs ?? startedAtMs,
      attributes: {},
      isError: status === "failed",
    }));
  return [whole, ...steps];
}

function attributesOf({ id, serviceArn, serviceId, status, releaseNumber, cause }: Operation) {
  return {
    "slipway.operation.id": id,
    "slipway.operation.status": status,
    "slipway.service.id": serviceId,
    "cloud.resource_id": serviceArn,
    "slipway.release": releaseNumber ?? undefined,
    "error.type": cause?.class,
    "slipway.operation.phase": cause?.phase,
  };
}
