/** Delete: the host name leads nowhere, the instances drain (briefly), stop and go, the slots are free again. */
import type { Operation } from "../domain/operation.ts";
import { type Decision, act, waitUntil } from "./decision.ts";
import { causeOfDeadline } from "./failure.ts";
import type { Observed } from "./observed.ts";

export function planDelete(observed: Observed, operation: Operation, nowMs: number): Decision {
  const { deadlines, stopGraceMs, edge } = observed;
  const operationId = operation.id;
  if (operation.cause !== null) return act({ name: "finishOperation", operationId, status: "FAILED" });
  const isUnrouted = edge !== "unknown" && edge.route === null && edge.servers.length === 0;
  if (isUnrouted && observed.instances.length === 0) {
    return act({ name: "finishOperation", operationId, status: "SUCCEEDED" });
  }
  const limitMs = deadlines.routingMs + deadlines.deleteDrainMs + deadlines.cleanupMs + stopGraceMs;
  const deadline = operation.phaseStartedAtMs + limitMs;
  if (nowMs < deadline) return waitUntil(deadline);
  const cause = causeOfDeadline("cleanup", limitMs, observed.trouble.values().next().value);
  return act({ name: "failOperation", operationId, cause });
}
