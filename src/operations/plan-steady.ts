/**
 * What always holds, whatever operation is under way: the active release keeps its size and its health, and whatever is
 * in no wanted set leaves.
 */
import type { Instance } from "../domain/instance.ts";
import type { InstanceEnd } from "../domain/instance-end.ts";
import type { SlotColour } from "../domain/service.ts";
import { nextStartMs } from "./crash-loop.ts";
import { type Decision, NOTHING, act, together, waitUntil } from "./decision.ts";
import { UNWELL } from "./failure.ts";
import { healthMember } from "./health-problem.ts";
import {
  type Observed,
  activityOf,
  healthOf,
  isServing,
  isServingWanted,
  isStaying,
  membersOf,
  serverOf,
  slotOf,
} from "./observed.ts";
import { desiredRoute, isCommitted, isSameRoute } from "./plan-route.ts";
import { type WantedSet, isGood, patienceWith, planSet } from "./plan-set.ts";
import type { Step } from "./step.ts";

/** Requests of an instance that is to rest may end without anybody telling. */
const LOOK_AGAIN_MS = 1000;

const KEEPS_SIZE = "keeps the service at its size";

export function planSteady(observed: Observed, nowMs: number): Decision {
  const set = steadySet(observed);
  return together([
    planHealthNotes(observed),
    set === null ? NOTHING : planSteadySet(observed, set, nowMs),
    planSuperseded(observed, nowMs),
  ]);
}

/** The set that serves (or did, until a moment ago) and shall go on serving. */
function steadySet(observed: Observed): WantedSet | null {
  const { service, operation, releases } = observed;
  const release = releases.get(service.activeReleaseNumber ?? 0);
  const colour: SlotColour | null = service.slots?.active ?? null;
  if (release === undefined || colour === null || !isServingWanted(observed)) return null;
  // A resume builds this very set: it is the deployment's, until it has succeeded.
  if (operation?.type === "RESUME_SERVICE") return null;
  const { count, reason } = observed.wish ?? { count: release.scale.minSize, reason: KEEPS_SIZE };
  return { release, colour, count, reason };
}

function planSteadySet(observed: Observed, set: WantedSet, nowMs: number): Decision {
  const members = membersOf(observed, set.release.number);
  const failing = members.filter((row) => isServing(row) && !isGood(observed, row));
  const isBuilding = isDeploying(observed);
  // A deployment may be the cure of an unhealthy service: it has the room, replacements of the sick wait for its end.
  const missing = Math.max(0, set.count - members.length + (isBuilding ? 0 : failing.length));
  const startMs = nextStartMs(
    observed.history,
    { releaseNumber: set.release.number, count: Math.max(1, set.count) },
    nowMs,
  );
  const mayStart = missing === 0 || nowMs >= startMs;
  const [unwell] = failing;
  return together([
    planSet(observed, {
      ...set,
      count: mayStart ? members.length + missing : members.length,
      reason: unwell === undefined ? set.reason : `replaces unhealthy ${unwell.id}`,
    }),
    mayStart ? NOTHING : waitUntil(startMs),
    planSurplus(observed, { members, failing, set }, nowMs),
    planActivity(observed, { members, set }, nowMs),
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
  return act(...spare.map((row) => retire(row, "superseded", "makes room for a deployment")));
}

interface SteadySet {
  readonly set: WantedSet;
  readonly members: readonly Instance[];
}

/**
 * The unhealthy leave first, then the least busy, then the youngest; never below the wished size of serving ones, whatever
 * their health. The last one of a service that goes to zero leaves when the gate is seen to be closed.
 */
function planSurplus(
  observed: Observed,
  { members, failing, set }: SteadySet & { readonly failing: readonly Instance[] },
  nowMs: number,
): Decision {
  const serving = members.filter(isServing);
  if (serving.length <= set.count) return NOTHING;
  if (set.count === 0 && !isRouteInPlace(observed, nowMs)) return NOTHING;
  const unwell = new Set(failing);
  const byWorth = serving.toSorted(
    (a, b) =>
      Number(unwell.has(b)) - Number(unwell.has(a)) ||
      inFlight(observed, a) - inFlight(observed, b) ||
      b.createdAtMs - a.createdAtMs,
  );
  const leaving = byWorth.slice(0, serving.length - set.count);
  return act(
    ...leaving.map((row) =>
      unwell.has(row) ? retireUnwell(observed, row) : retire(row, "scaled-in", set.reason),
    ),
  );
}

function retire({ id }: Instance, end: InstanceEnd, reason: string): Step {
  return { name: "retireInstance", instanceId: id, end, reason };
}

function retireUnwell(observed: Observed, { id }: Instance): Step {
  const health = healthMember(observed, id);
  return { name: "retireInstance", instanceId: id, end: "unhealthy", reason: UNWELL, ...health };
}

function inFlight(observed: Observed, row: Instance): number {
  const server = serverOf(observed, row.id);
  return server === null || server === "unknown" ? 0 : server.inFlight;
}

/**
 * Less than everything only when the edge is seen to tell of the next request, and none is under way: what came before
 * the gate was watched has nobody to tell of it.
 */
function planActivity(observed: Observed, { members, set }: SteadySet, nowMs: number): Decision {
  const activity = observed.wish?.activity ?? "run";
  const slot = slotOf(observed.service, set.colour);
  if (slot === null || observed.edge === "unknown") return NOTHING;
  const rows = members.filter((row) => isServing(row) && activityOf(row) !== activity);
  const isQuiet = (row: Instance) => isRouteInPlace(observed, nowMs) && inFlight(observed, row) === 0;
  const due = rows.filter((row) => activity === "run" || isQuiet(row));
  const waiting = rows.length > due.length ? waitUntil(nowMs + LOOK_AGAIN_MS) : NOTHING;
  return together([
    act(...due.map((row): Step => ({ name: "setActivity", instanceId: row.id, slot, activity }))),
    waiting,
  ]);
}

function isRouteInPlace(observed: Observed, nowMs: number): boolean {
  const desired = desiredRoute(observed, nowMs);
  return observed.edge !== "unknown" && desired !== "switching" && isSameRoute(desired, observed.edge.route);
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
      return act({
        name: "recordEnd",
        instanceId: row.id,
        exit: null,
        end: "never-healthy",
        reason: "did not pass its health check in time",
        ...healthMember(observed, row.id),
      });
    }),
  );
}

/** Everything alive that belongs neither to the active release nor to a deployment that may still succeed. */
function planSuperseded(observed: Observed, nowMs: number): Decision {
  const { service, operation } = observed;
  const kept = new Set<number | null>();
  if (isServingWanted(observed)) kept.add(service.activeReleaseNumber);
  const isBuilding = operation !== null && operation.cause === null && operation.type !== "PAUSE_SERVICE";
  if (isBuilding && operation.type !== "DELETE_SERVICE") kept.add(operation.releaseNumber);
  const leaving = observed.instances.filter((row) => isStaying(row) && !kept.has(row.releaseNumber));
  if (leaving.length === 0) return NOTHING;
  // Invariant 1: nobody leaves before the requests are seen to go elsewhere.
  if (!isRouteInPlace(observed, nowMs)) return NOTHING;
  return act(...leaving.map((row) => retirement(observed, row)));
}

function retirement(observed: Observed, { id }: Instance): Step {
  const { end, reason } = reasonToLeave(observed);
  const health = end === "deployment-failed" ? healthMember(observed, id) : {};
  return { name: "retireInstance", instanceId: id, end, reason, ...health };
}

function reasonToLeave({ service, operation }: Observed): {
  readonly end: InstanceEnd;
  readonly reason: string;
} {
  if (operation?.type === "DELETE_SERVICE" || service.status === "DELETE_FAILED") {
    return { end: "deleted", reason: "service deleted" };
  }
  if (operation?.type === "PAUSE_SERVICE" || service.status === "PAUSED") {
    return { end: "paused", reason: "service paused" };
  }
  if (operation !== null && operation.cause !== null) {
    return { end: "deployment-failed", reason: "deployment failed" };
  }
  return { end: "superseded", reason: `superseded by release ${service.activeReleaseNumber ?? "none"}` };
}

/** What the health checks of serving instances say and the record does not yet. */
function planHealthNotes(observed: Observed): Decision {
  const steps = observed.instances.filter(isServing).flatMap((row): readonly Step[] => {
    const { verdict } = healthOf(observed, row.id);
    const isUnhealthy = verdict === "failing";
    if (verdict === "unknown" || isUnhealthy === (row.isUnhealthy ?? false)) return [];
    const health = isUnhealthy ? healthMember(observed, row.id) : {};
    return [{ name: "noteHealth", instanceId: row.id, isUnhealthy, ...health }];
  });
  return act(...steps);
}
