/**
 * Instances on their way out. Invariant 2 lives here: drain in the edge, wait until the requests ended or the deadline
 * passed, take out of the edge, and only then signal. A server that the edge does not give up holds the signal for a
 * while only, for it gets nothing new; the container stays until the edge has let go. While the edge is unknown, nobody is
 * signalled and nobody is removed: a removed container's address may go to another service's instance.
 */
import type { Instance } from "../domain/instance.ts";
import { type Decision, NOTHING, act, together, waitUntil } from "./decision.ts";
import { type EdgeServerView, type Observed, isRunningStep, isStaying, serverOf } from "./observed.ts";
import { type SlotRoute, desiredRoute } from "./plan-route.ts";
import type { Step } from "./step.ts";

/** How soon to look again whether requests ended: soon at first, then seldom. */
const POLL_MIN_MS = 50;
const POLL_MAX_MS = 1000;

export function planLeavers(observed: Observed, nowMs: number): Decision {
  const leavers = observed.instances.filter((row) => !isStaying(row) && !isEvidence(observed, row));
  return together([...leavers.map((row) => planLeaver(observed, row, nowMs)), planStrayServers(observed)]);
}

/** What is left of a failed new instance stays until its cause is told: its output is part of it. */
function isEvidence({ operation }: Observed, row: Instance): boolean {
  const isOfOperation = operation !== null && operation.releaseNumber === row.releaseNumber;
  return row.state === "failed" && isOfOperation && operation.cause === null;
}

function planLeaver(observed: Observed, row: Instance, nowMs: number): Decision {
  const server = serverOf(observed, row.id);
  if (server === "unknown") return NOTHING;
  if (server !== null) return planWayOutOfEdge(observed, row, server, nowMs);
  return planEndOfContainer(observed, row);
}

function planWayOutOfEdge(
  observed: Observed,
  row: Instance,
  server: EdgeServerView,
  nowMs: number,
): Decision {
  const remove: Step = { name: "removeFromEdge", instanceId: row.id, slot: server.slot };
  if (row.state === "failed") return act(remove);
  if (!server.isDraining) {
    if (isLastInTraffic(observed, server, nowMs)) return NOTHING;
    return act({ name: "drainInstance", instanceId: row.id, slot: server.slot });
  }
  const sinceMs = row.drainingSinceMs ?? nowMs;
  // The clock was set back: count anew.
  if (sinceMs > nowMs) {
    const { end = "scaled-in", endReason } = row;
    return act({ name: "retireInstance", instanceId: row.id, end, reason: endReason ?? "leaves" });
  }
  const deadline = sinceMs + drainMs(observed);
  const stopMs = deadline + observed.deadlines.edgeRemovalMs;
  if (nowMs >= stopMs) return together([act(remove), planStop(observed, row)]);
  if (server.inFlight === 0 || nowMs >= deadline) return together([act(remove), waitUntil(stopMs)]);
  const pollMs = Math.min(POLL_MAX_MS, Math.max(POLL_MIN_MS, (nowMs - sinceMs) / 8));
  return waitUntil(Math.min(deadline, nowMs + pollMs));
}

/** Invariant 1: its service is wanted again (a pause failed) and nobody else is there yet, so it serves on. */
function isLastInTraffic(observed: Observed, { slot, instanceId }: EdgeServerView, nowMs: number): boolean {
  if (observed.edge === "unknown") return true;
  const { route, servers } = observed.edge;
  const isRouted = [route, desiredRoute(observed, nowMs)].some(
    (one) => one !== null && one !== "switching" && one.kind === "slot" && leadsTo(one, slot),
  );
  const hasOther = servers.some(
    (other) => other.slot === slot && other.instanceId !== instanceId && !other.isDraining,
  );
  return isRouted && !hasOther;
}

/** A closed gate leads nowhere until it opens. */
function leadsTo(route: SlotRoute, slot: number): boolean {
  return route.slot === slot && route.gate !== "closed";
}

function drainMs({ service, operation, deadlines }: Observed): number {
  const isDeleted = operation?.type === "DELETE_SERVICE" || service.status === "DELETE_FAILED";
  return isDeleted ? deadlines.deleteDrainMs : deadlines.drainMs;
}

function planEndOfContainer(observed: Observed, row: Instance): Decision {
  if (observed.engine === "unknown" || isBusy(observed, row)) return NOTHING;
  if (observed.engine.get(row.id)?.state === "running") return planStop(observed, row);
  return act({ name: "removeInstance", instanceId: row.id });
}

function planStop(observed: Observed, row: Instance): Decision {
  const isRunning = observed.engine !== "unknown" && observed.engine.get(row.id)?.state === "running";
  if (!isRunning || isBusy(observed, row)) return NOTHING;
  return act({ name: "stopInstance", instanceId: row.id, graceMs: observed.stopGraceMs });
}

function isBusy(observed: Observed, row: Instance): boolean {
  return ["startInstance", "stopInstance", "removeInstance"].some((name) =>
    isRunningStep(observed, name, row.id),
  );
}

/** By when the last leaver should be gone, if engine and edge are willing. What began in the future counts from now. */
export function leaversDeadlineMs(observed: Observed, beganMs: number, nowMs: number): number {
  const { drainMs: drain, edgeRemovalMs, cleanupMs } = observed.deadlines;
  const began = observed.instances.map((row) => row.drainingSinceMs ?? beganMs).filter((ms) => ms <= nowMs);
  return Math.max(beganMs, ...began) + drain + edgeRemovalMs + cleanupMs + observed.stopGraceMs;
}

/** Whether requests of its may be under way: it stands in the edge, or may, and its process runs, or may. */
export function mayBeServing(observed: Observed, row: Instance): boolean {
  if (serverOf(observed, row.id) === null) return false;
  return observed.engine === "unknown" || observed.engine.get(row.id)?.state === "running";
}

/** Servers in our slots that no live record explains. */
function planStrayServers(observed: Observed): Decision {
  if (observed.edge === "unknown") return NOTHING;
  const live = new Set(observed.instances.map((row) => row.id));
  const steps = observed.edge.servers
    .filter((server) => !live.has(server.instanceId))
    .map((server): Step => ({ name: "removeFromEdge", instanceId: server.instanceId, slot: server.slot }));
  return act(...steps);
}
