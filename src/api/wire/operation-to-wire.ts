/** Operations: App Runner's summary, and ours with phase and cause. */
import type * as Wire from "../../contract/index.ts";
import type { FailureCause } from "../../domain/cause.ts";
import type { Operation } from "../../domain/operation.ts";
import { toWireCommit, toWireTrigger } from "./commit-to-wire.ts";
import { toDate, toOptionalDate } from "./time.ts";

/** EndedAt is absent while it runs; TargetArn is the service. */
export function toWireOperationSummary(operation: Operation): WireSummary {
  return {
    Id: operation.id,
    Type: operation.type,
    Status: operation.status,
    TargetArn: operation.serviceArn,
    StartedAt: toDate(operation.createdAtMs),
    EndedAt: toOptionalDate(operation.endedAtMs),
    UpdatedAt: toDate(operation.updatedAtMs),
  };
}

/** The members that both shapes have, none of them missing but EndedAt. */
type WireSummary = Pick<
  Wire.Operation,
  "Id" | "Type" | "Status" | "TargetArn" | "StartedAt" | "EndedAt" | "UpdatedAt"
>;

export function toWireOperation(operation: Operation): Wire.Operation {
  return {
    ...toWireOperationSummary(operation),
    Phase: operation.phase,
    Phases: operation.phases?.map(({ phase, startedAtMs }) => ({
      Phase: phase,
      StartedAt: toDate(startedAtMs),
    })),
    Cause: operation.cause === null ? undefined : toWireCause(operation.cause),
    ReleaseNumber: operation.releaseNumber ?? undefined,
    FromReleaseNumber: operation.fromReleaseNumber,
    Commit: toWireCommit(operation.checkout?.commit),
    Trigger: toWireTrigger(operation.trigger),
  };
}

function toWireCause(cause: FailureCause): Wire.OperationCause {
  return {
    Phase: cause.phase,
    Class: cause.class,
    Message: cause.message,
    LogLines: cause.logLines ?? [],
  };
}
