/**
 * What always holds, whatever operation is under way: the active release keeps its size and its health, and whatever is
 * in no wanted set leaves.
 */
import type { Instance } from "../domain/instance.ts";
import type { SlotColour } from "../domain/service.ts";
import { nextStartMs } from "./crash-loop.ts";
import { type Decision, NOTHING, act, together, waitUntil } from "./decision.ts";
import { UNWELL } from "./failure.ts";
import { type Observed, healthOf, isServing, isStaying, membersOf } from "./observed.ts";
import { desiredRoute, isCommitted, isSameRoute } from "./plan-route.ts";
import { type WantedSet, isGood, patienceWith, planSet } from "./plan-set.ts";
import type { Step } from "./step.ts";

export function planSteady(observed: Observed, nowMs: number): Decision {
  const set = steadySet(observed);
  return together([set === null ? NOTHING : planSteadySet(observed, set, nowMs), planSuperseded(observed)]);
}

/** The set that serves (or did, until a moment ago) and shall go on serving. */
function steadySet(observed: Observed): WantedSet | null {
  const { service, operation, releases } = observed;
  const release = releases.get(service.activeReleaseNumber ?? 0);
  const colour: SlotColour | null = service.slots?.active ?? null;
  if (release === undefined || colour === null || !isServingWanted(observed)) return null;
  // A resume builds this very set: it is the deployment's, until it has succeeded.
  if (operation?.type === "RESUME_SERVICE") return null;
  return { release, colour, count: release.scale.minSize, reason: "keeps the service at its size" };
}

/** Whether the active release shall have instances. */
function isServingWanted({ service, operation }: Observed): boolean {
  if (operation === null) return service.status === "RUNNING";
  if (operation.type === "DELETE_SERVICE") return false;
  if (operation.type === "PAUSE_SERVICE") return operation.cause !== null;
  return operation.type !== "RESUME_SERVICE" || operation.cause === null;
}

function planSteadySet(observed: Observed, set: WantedSet, nowMs: number): Decision {
  const members = membersOf(observed, set.release.number);
  const failing = members.filter((row) => isServing(row) && !isGood(observed, row));
  const isBuilding = isDeploying(observed);
  // A deployment may be the cure of an unhealthy service: it has the room, replacements of the sick wait for its end.
  const missing = Math.max(0, set.count - members.length + (isBuilding ? 0 : failing.length));
  const startMs = nextStartMs(observed.history, set, nowMs);
  const mayStart = missing === 0 || nowMs >= startMs;
  const [unwell] = failing;
  return together([
    planSet(observed, {
      ...set,
      count: mayStart ? members.length + missing : members.length,
      reason: unwell === undefined ? set.reason : `replaces unhealthy ${unwell.id}`,
    }),
    mayStart ? NOTHING : waitUntil(startMs),
    planSurplus(members, failing, set.count),
    isBuilding ? planMakingRoom(members, set.count) : planGivingUp(observed, set, members, nowMs),
  ]);
}

function isDeploying({ operation, service }: Observed): boolean {
  return (
    operation !== null &&
    operation.cause === null &&
    (operation.type === "UPDATE_SERVICE" || operation.type === "START_DEPLOYMENT") &&
    !isCommitted(service, operation.releaseNumber)
  );
}

function planMakingRoom(members: readonly Instance[], count: number): Decision {
  const spare = members.filter((row) => !isServing(row)).slice(0, Math.max(0, members.length - count));
  return act(
    ...spare.map((row): Step => ({
      name: "retireInstance",
      instanceId: row.id,
      reason: "makes room for a deployment",
    })),
  );
}

/** The unhealthy leave first, then the youngest; never below the wished size of serving ones, whatever their health. */
function planSurplus(members: readonly Instance[], failing: readonly Instance[], count: number): Decision {
  const serving = members.filter(isServing);
  const unwell = new Set(failing);
  const byWorth = serving.toSorted(
    (a, b) => Number(unwell.has(b)) - Number(unwell.has(a)) || b.createdAtMs - a.createdAtMs,
  );
  const steps = byWorth.slice(0, Math.max(0, serving.length - count)).map((row): Step => ({
    name: "retireInstance",
    instanceId: row.id,
    reason: unwell.has(row) ? UNWELL : "more than the wished size",
  }));
  return act(...steps);
}

/** New instances beside serving ones that never come up: given up, so that the next one is tried. */
function planGivingUp(
  observed: Observed,
  { release }: WantedSet,
  members: readonly Instance[],
  nowMs: number,
): Decision {
  const warming = members.filter(
    (row) => row.state === "warming" && healthOf(observed, row.id).verdict !== "passing",
  );
  return together(
    warming.map((row) => {
      // Counted from its record: the time its start may take is part of it.
      const sinceMs = row.createdAtMs + observed.deadlines.provisionMs;
      const patience = patienceWith(observed, row, { sinceMs, release }, nowMs);
      if (patience !== "over") return patience;
      const reason = "did not pass its health check in time";
      return act({ name: "recordEnd", instanceId: row.id, exit: null, reason });
    }),
  );
}

/** Everything alive that belongs neither to the active release nor to a deployment that may still succeed. */
function planSuperseded(observed: Observed): Decision {
  const { service, operation, edge } = observed;
  const kept = new Set<number | null>();
  if (isServingWanted(observed)) kept.add(service.activeReleaseNumber);
  const isBuilding = operation !== null && operation.cause === null && operation.type !== "PAUSE_SERVICE";
  if (isBuilding && operation.type !== "DELETE_SERVICE") kept.add(operation.releaseNumber);
  const leaving = observed.instances.filter((row) => isStaying(row) && !kept.has(row.releaseNumber));
  if (leaving.length === 0) return NOTHING;
  // Invariant 1: nobody leaves before the requests are seen to go elsewhere.
  const desired = desiredRoute(observed);
  if (edge === "unknown" || desired === "switching" || !isSameRoute(desired, edge.route)) return NOTHING;
  const reason = reasonToLeave(observed);
  return act(...leaving.map((row): Step => ({ name: "retireInstance", instanceId: row.id, reason })));
}

function reasonToLeave({ service, operation }: Observed): string {
  if (operation?.type === "DELETE_SERVICE" || service.status === "DELETE_FAILED") return "service deleted";
  if (operation?.type === "PAUSE_SERVICE" || service.status === "PAUSED") return "service paused";
  if (operation !== null && operation.cause !== null) return "deployment failed";
  return `superseded by release ${service.activeReleaseNumber ?? "none"}`;
}
