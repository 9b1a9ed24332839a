/** Pause: first the edge refuses, then the instances drain and stop. Image, slots and URL are kept. */
import type { Operation } from "../domain/operation.ts";
import { type Decision, act, waitUntil } from "./decision.ts";
import { causeOfDeadline } from "./failure.ts";
import type { Observed } from "./observed.ts";
import { leaversDeadlineMs, mayBeServing } from "./plan-leavers.ts";
import { desiredRoute, isSameRoute } from "./plan-route.ts";

export function planPause(observed: Observed, operation: Operation, nowMs: number): Decision {
  const { deadlines, edge } = observed;
  const operationId = operation.id;
  if (operation.cause !== null) return act({ name: "finishOperation", operationId, status: "FAILED" });
  if (operation.phase === "routing") {
    const desired = desiredRoute(observed, nowMs);
    if (edge !== "unknown" && desired !== "switching" && isSameRoute(desired, edge.route)) {
      return act({ name: "enterPhase", operationId, phase: "draining" });
    }
    const deadline = operation.phaseStartedAtMs + deadlines.routingMs;
    if (nowMs < deadline) return waitUntil(deadline);
    const cause = causeOfDeadline("routing", deadlines.routingMs, observed.trouble.values().next().value);
    return act({ name: "failOperation", operationId, cause });
  }
  return planDraining(observed, operation, nowMs);
}

/** What has left the edge and an unwilling engine still holds is removed later; what may still serve is not paused. */
function planDraining(observed: Observed, operation: Operation, nowMs: number): Decision {
  const operationId = operation.id;
  const deadline = leaversDeadlineMs(observed, operation.phaseStartedAtMs, nowMs);
  if (observed.instances.length > 0 && nowMs < deadline) return waitUntil(deadline);
  if (!observed.instances.some((row) => mayBeServing(observed, row))) {
    return act({ name: "finishOperation", operationId, status: "SUCCEEDED" });
  }
  const limitMs = deadline - operation.phaseStartedAtMs;
  const cause = causeOfDeadline("cleanup", limitMs, observed.trouble.values().next().value);
  return act({ name: "failOperation", operationId, cause });
}
