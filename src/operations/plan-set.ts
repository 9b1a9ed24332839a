/** The set of one release: bring it up to its size, each instance from its record to the edge. */
import type { Instance } from "../domain/instance.ts";
import type { Release } from "../domain/release.ts";
import type { SlotColour } from "../domain/service.ts";
import { type Decision, NOTHING, act, together, waitUntil } from "./decision.ts";
import {
  type Observed,
  healthOf,
  isRunningStep,
  isServing,
  isStaying,
  membersOf,
  serverOf,
  slotOf,
} from "./observed.ts";
import type { Step } from "./step.ts";

/** More at once than cores delay the first and bring the last no sooner: four, on two cores, 1,000 instead of 700 ms. */
export const LEAST_STARTS_AT_ONCE = 2;
/** By the simulator eight halve what a steep rise refuses; sixteen would hardly do better, and the engine is one program. */
const MOST_STARTS_AT_ONCE = 8;

/** Instances of one service that are started side by side. */
export function startsAtOnce(coreCount: number): number {
  return Math.min(MOST_STARTS_AT_ONCE, Math.max(LEAST_STARTS_AT_ONCE, coreCount));
}

export interface WantedSet {
  readonly release: Release;
  readonly colour: SlotColour;
  /** Instances that shall stay, unhealthy ones waiting for their replacement included. */
  readonly count: number;
  readonly reason: string;
}

export function planSet(observed: Observed, set: WantedSet): Decision {
  const members = membersOf(observed, set.release.number);
  return together([
    planMissing(observed, set, members),
    planStarts(observed, members),
    planAdmissions(observed, set, members),
  ]);
}

function planMissing(observed: Observed, set: WantedSet, members: readonly Instance[]): Decision {
  const count = Math.min(set.count, members.length + roomFor(observed, set.release));
  if (members.length >= count) return NOTHING;
  const { release, colour, reason } = set;
  return act({ name: "ensureInstances", releaseNumber: release.number, colour, count, reason });
}

/**
 * Invariant 5: the sets that stand or are built never exceed two sets' permitted sizes. Those that leave may hold one
 * set's size more: a deployment right after another need not wait for the long requests of the one before.
 */
export function roomFor(observed: Observed, release: Release): number {
  const permitted = Math.max(
    release.scale.maxSize,
    observed.releases.get(observed.service.activeReleaseNumber ?? 0)?.scale.maxSize ?? 0,
  );
  const staying = observed.instances.filter(isStaying).length;
  return Math.max(0, Math.min(2 * permitted - staying, 3 * permitted - observed.instances.length));
}

function planStarts(observed: Observed, members: readonly Instance[]): Decision {
  const underWay = [...observed.running].filter((key) => key.startsWith("startInstance:")).length;
  const steps = members
    .filter((row) => row.state === "starting" && !isRunningStep(observed, "startInstance", row.id))
    .slice(0, Math.max(0, observed.startsAtOnce - underWay))
    .map((row): Step => ({ name: "startInstance", instanceId: row.id }));
  return act(...steps);
}

function planAdmissions(observed: Observed, set: WantedSet, members: readonly Instance[]): Decision {
  const slot = slotOf(observed.service, set.colour);
  if (slot === null) return NOTHING;
  const steps = members
    .filter((row) => mayServe(observed, row) && !isAdmitted(observed, row))
    .map((row): Step => ({ name: "addToEdge", instanceId: row.id, slot }));
  return act(...steps);
}

/** One that is in the edge and still not recorded so was added by a control plane that ended right then: it is added again. */
function isAdmitted(observed: Observed, row: Instance): boolean {
  const server = serverOf(observed, row.id);
  return server === "unknown" || (server !== null && row.state !== "warming");
}

/** A new one must have passed; one that served before is presumed healthy until it is seen to fail. */
function mayServe(observed: Observed, row: Instance): boolean {
  const { verdict } = healthOf(observed, row.id);
  return row.state === "warming" ? verdict === "passing" : isServing(row) && verdict !== "failing";
}

/** Healthy as far as known, and in the edge as far as recorded. */
export function isGood(observed: Observed, row: Instance): boolean {
  return isServing(row) && healthOf(observed, row.id).verdict !== "failing";
}

/** Healthy and seen in the edge, taking requests. */
export function isInTraffic(observed: Observed, row: Instance): boolean {
  if (!isGood(observed, row)) return false;
  const server = serverOf(observed, row.id);
  return server !== null && server !== "unknown" && !server.isDraining;
}

export interface Patience {
  /** Epoch milliseconds: when waiting for the first success began. */
  readonly sinceMs: number;
  readonly release: Release;
}

/** Whether an instance that has not passed yet is to be given up; else when to look again. */
export function patienceWith(
  observed: Observed,
  row: Instance,
  { sinceMs, release }: Patience,
  nowMs: number,
): "over" | Decision {
  const { healthMs, wrongAnswerMs } = observed.deadlines;
  const { wrongSinceMs } = healthOf(observed, row.id);
  const { intervalS, unhealthyThreshold } = release.configuration.healthCheck;
  const graceMs = Math.max(wrongAnswerMs, unhealthyThreshold * intervalS * 1000);
  const deadline = Math.min(sinceMs + healthMs, wrongSinceMs === null ? Infinity : wrongSinceMs + graceMs);
  return nowMs >= deadline ? "over" : waitUntil(deadline);
}
