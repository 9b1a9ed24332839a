/**
 * The decision: what to do next for one service, from what is recorded and observed. Pure, without I/O; level-triggered:
 * after each batch of steps the engine observes again and plans again until nothing is left to do, so that a crash
 * between any two steps needs no special case.
 *
 * | open operation          | wanted set                                  | route                              |
 * |-------------------------|---------------------------------------------|------------------------------------|
 * | none, RUNNING           | active release                              | active slot                        |
 * | create, update, deploy  | active release (if any) + operation's       | active slot, new slot by one switch |
 * | the same, failing       | active release (if any)                     | active slot, else refuse "failed"  |
 * | pause                   | none                                        | refuse "paused", before draining   |
 * | resume                  | active release                              | refuse "paused" until all healthy  |
 * | delete                  | none                                        | none, before draining              |
 * | none, not RUNNING       | none                                        | refuse "paused" or "failed"; none  |
 *
 * What is in no wanted set leaves: drained, out of the edge, stopped, removed, in this order.
 */
import { type Decision, NOTHING, act, together, waitUntil } from "./decision.ts";
import type { Observed } from "./observed.ts";
import { planDelete } from "./plan-delete.ts";
import { planDeployment } from "./plan-deploy.ts";
import { planEnds } from "./plan-ends.ts";
import { planLeavers } from "./plan-leavers.ts";
import { planPause } from "./plan-pause.ts";
import { planRoute } from "./plan-route.ts";
import { planSteady } from "./plan-steady.ts";

const LOOK_AGAIN_MS = 1000;

/** `nowMs`: epoch milliseconds. */
export function plan(observed: Observed, nowMs: number): Decision {
  const { operation } = observed;
  if (operation?.status === "PENDING") return act({ name: "beginOperation", operationId: operation.id });
  // The clock was set back: what has passed is unknown, and a deadline must not be as far away as the clock went.
  if (operation !== null && operation.phaseStartedAtMs > nowMs) {
    return act({ name: "enterPhase", operationId: operation.id, phase: operation.phase });
  }
  // Ends first and alone: everything else is planned on rows that are true.
  const ends = planEnds(observed);
  if (ends.steps.length > 0) return ends;
  return oneSetAtATime(
    together([
      planLookingAgain(observed, nowMs),
      planRoute(observed, nowMs),
      planOperation(observed, nowMs),
      planSteady(observed, nowMs),
      planLeavers(observed, nowMs),
    ]),
  );
}

/** Two sets filled up in one go would each take the room that is there for one; the other is planned anew right after. */
function oneSetAtATime(decision: Decision): Decision {
  const first = decision.steps.find(({ name }) => name === "ensureInstances");
  const steps = decision.steps.filter((step) => step.name !== "ensureInstances" || step === first);
  return { ...decision, steps };
}

/** Nobody tells when the edge or the engine answers again. */
function planLookingAgain(observed: Observed, nowMs: number): Decision {
  const isBlind = observed.edge === "unknown" || observed.engine === "unknown";
  return isBlind ? waitUntil(nowMs + LOOK_AGAIN_MS) : NOTHING;
}

function planOperation(observed: Observed, nowMs: number): Decision {
  const { operation } = observed;
  if (operation === null) return NOTHING;
  if (operation.type === "PAUSE_SERVICE") return planPause(observed, operation, nowMs);
  if (operation.type === "DELETE_SERVICE") return planDelete(observed, operation, nowMs);
  return planDeployment(observed, operation, nowMs);
}
