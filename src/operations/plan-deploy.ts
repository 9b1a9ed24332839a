/**
 * Create, update, deployment and resume: the five beats. Build the new set beside the old → wait until all of it is
 * healthy, with a deadline → switch the edge in one atomic act → (steady planning:) drain the old, stop it.
 *
 * | phase        | ends when                                   | fails when                               |
 * |--------------|---------------------------------------------|------------------------------------------|
 * | secrets      | the versions of its secrets are on record   | one cannot be read, deadline             |
 * | source       | the commit is checked out                   | source code not to be had, deadline      |
 * | build        | the release exists                          | the build failed, deadline               |
 * | pull         | the release exists (nothing to build)       | image not to be had, deadline            |
 * | provision    | every container of the new set runs         | a start refused, an end, deadline        |
 * | health-check | every instance passes and is in the edge    | an end, patience over                    |
 * | routing      | the edge serves the new set, on record too  | an end before the switch, deadline       |
 * | cleanup      | nothing of a failed set is left             | never: ends at its deadline all the same |
 *
 * Secrets come first where the configuration names them, and last where an earlier build found them in `apprunner.yaml`.
 */
import type { FailureCause } from "../domain/cause.ts";
import type { Instance } from "../domain/instance.ts";
import type { Operation, OperationPhase } from "../domain/operation.ts";
import type { Release } from "../domain/release.ts";
import type { SlotColour } from "../domain/service.ts";
import { type Decision, act, together, waitUntil } from "./decision.ts";
import { causeOfDeadline, causeOfEnd, causeOfHealth, failurePhaseOf, keptCause } from "./failure.ts";
import { type Observed, healthOf, isRunningStep, membersOf } from "./observed.ts";
import { isCommitted } from "./plan-route.ts";
import { isInTraffic, patienceWith, planSet } from "./plan-set.ts";
import type { FinalStatus } from "./step.ts";

export function planDeployment(observed: Observed, operation: Operation, nowMs: number): Decision {
  if (operation.cause !== null) return planCleanup(observed, operation, nowMs);
  const release = observed.releases.get(operation.releaseNumber ?? 0);
  if (release === undefined || operation.phase === "secrets") {
    return planObtaining(observed, operation, nowMs);
  }
  if (isSwitched(observed, operation, release)) return finish(operation, "SUCCEEDED");
  const cause = causeOfFailure(observed, operation, release, nowMs);
  if (cause !== null) return act({ name: "failOperation", operationId: operation.id, cause });
  return together([
    planSet(observed, {
      release,
      colour: targetColour(observed, operation),
      count: sizeOf(observed, operation, release),
      reason: operation.type === "RESUME_SERVICE" ? "resume" : "deployment",
    }),
    planProgress(observed, operation, release, nowMs),
  ]);
}

/**
 * As many as serve now: a deployment under load must not cost capacity. Settled when the set is provisioned: what load asks
 * for later comes after the switch, and does not begin the wait for the health check again.
 */
function sizeOf(observed: Observed, { phase }: Operation, { number, scale }: Release): number {
  const isSettled = phase === "health-check" || phase === "routing";
  const count = isSettled ? membersOf(observed, number).length : (observed.wish?.count ?? 0);
  return Math.min(scale.maxSize, Math.max(scale.minSize, count));
}

/** A deployment fills the spare slot; a resume fills the one it had. */
export function targetColour({ service }: Observed, operation: Operation): SlotColour {
  const active = service.slots?.active ?? null;
  if (operation.type === "RESUME_SERVICE") return active ?? "blue";
  return active === "blue" ? "green" : "blue";
}

/** How a release is obtained, by phase: one slow step, and its deadline. */
const OBTAINING = {
  secrets: { name: "pinSecrets", deadline: "secretsMs" },
  pull: { name: "pullImage", deadline: "pullMs" },
  source: { name: "fetchSource", deadline: "sourceMs" },
  build: { name: "buildImage", deadline: "buildMs" },
} as const;

function planObtaining(observed: Observed, operation: Operation, nowMs: number): Decision {
  const { phase } = operation;
  const { name, deadline } = OBTAINING[isObtaining(phase) ? phase : "pull"];
  // What was built before may have to be built again.
  const isRebuild = name === "pullImage" && operation.configuration.source.kind === "code";
  const limitMs = observed.deadlines[isRebuild ? "buildMs" : deadline];
  const deadlineMs = operation.phaseStartedAtMs + limitMs;
  if (nowMs >= deadlineMs) {
    const trouble = observed.trouble.get(`${name}:${operation.id}`);
    const cause = causeOfDeadline(failurePhaseOf(operation), limitMs, trouble);
    return act({ name: "failOperation", operationId: operation.id, cause });
  }
  if (isRunningStep(observed, name, operation.id)) return waitUntil(deadlineMs);
  return together([act({ name, operationId: operation.id }), waitUntil(deadlineMs)]);
}

function isObtaining(phase: OperationPhase): phase is keyof typeof OBTAINING {
  return Object.hasOwn(OBTAINING, phase);
}

/** A commit is made only after the edge's act succeeded; a resume commits nothing, so the edge itself is asked. */
function isSwitched({ service, edge }: Observed, operation: Operation, release: Release): boolean {
  if (operation.type !== "RESUME_SERVICE") return isCommitted(service, release.number);
  if (operation.phase !== "routing" || edge === "unknown") return false;
  const active = service.slots?.active ?? null;
  if (service.slots === null || active === null) return false;
  return edge.route?.kind === "slot" && edge.route.slot === service.slots[active];
}

function causeOfFailure(
  observed: Observed,
  operation: Operation,
  release: Release,
  nowMs: number,
): FailureCause | null {
  const fallen = observed.instances.find(
    (row) => row.releaseNumber === release.number && row.state === "failed",
  );
  return fallen === undefined
    ? causeOfWaiting(observed, operation, release, nowMs)
    : causeOfEnd(fallen, release);
}

function causeOfWaiting(
  observed: Observed,
  operation: Operation,
  release: Release,
  nowMs: number,
): FailureCause | null {
  const waitedMs = nowMs - operation.phaseStartedAtMs;
  if (operation.phase !== "health-check") {
    const limitMs = phaseMs(observed, operation);
    if (waitedMs < limitMs) return null;
    return causeOfDeadline(failurePhaseOf(operation), limitMs, anyTrouble(observed));
  }
  const patience = { sinceMs: operation.phaseStartedAtMs, release };
  const lagging = membersOf(observed, release.number).find(
    (row) => !isInTraffic(observed, row) && patienceWith(observed, row, patience, nowMs) === "over",
  );
  if (lagging === undefined) {
    // All pass but some are not in the edge, or there are too few: not the application's fault.
    const limitMs = observed.deadlines.healthMs;
    return waitedMs < limitMs ? null : causeOfDeadline("health-check", limitMs, anyTrouble(observed));
  }
  if (healthOf(observed, lagging.id).verdict === "passing") {
    return causeOfDeadline("routing", waitedMs, anyTrouble(observed));
  }
  return keptCause(observed.service, causeOfHealth(healthOf(observed, lagging.id), release, waitedMs));
}

/** A set may have to wait for an earlier one to leave, which takes a drain and the grace its owner gives it. */
function phaseMs({ deadlines, stopGraceMs }: Observed, operation: Operation): number {
  // There is a release: its image was removed by hand, and is pulled or built again.
  if (operation.phase === "pull") return deadlines.pullMs;
  if (operation.phase === "build") return deadlines.buildMs;
  return operation.phase === "routing" ? deadlines.routingMs : deadlines.provisionMs + stopGraceMs;
}

function anyTrouble({ trouble }: Observed): string | undefined {
  return trouble.values().next().value;
}

function planProgress(observed: Observed, operation: Operation, release: Release, nowMs: number): Decision {
  const members = membersOf(observed, release.number);
  const isWhole = members.length >= sizeOf(observed, operation, release);
  if (operation.phase === "routing") return planSwitch(observed, operation, release);
  if (operation.phase === "health-check") {
    if (isWhole && members.every((row) => isInTraffic(observed, row))) return enter(operation, "routing");
    return planPatience(observed, operation, { members, release }, nowMs);
  }
  if (isWhole && members.every((row) => row.state !== "starting")) return enter(operation, "health-check");
  return waitUntil(operation.phaseStartedAtMs + phaseMs(observed, operation));
}

function planPatience(
  observed: Observed,
  operation: Operation,
  set: { readonly members: readonly Instance[]; readonly release: Release },
  nowMs: number,
): Decision {
  const patience = { sinceMs: operation.phaseStartedAtMs, release: set.release };
  const waits = set.members
    .filter((row) => !isInTraffic(observed, row))
    .map((row) => patienceWith(observed, row, patience, nowMs))
    .filter((wait) => wait !== "over");
  return together([...waits, waitUntil(operation.phaseStartedAtMs + observed.deadlines.healthMs)]);
}

/** All of the new set serves, or the switch waits: a member that fell ill in this moment holds it, up to the deadline. */
function planSwitch(observed: Observed, operation: Operation, release: Release): Decision {
  const wait = waitUntil(operation.phaseStartedAtMs + observed.deadlines.routingMs);
  const members = membersOf(observed, release.number);
  const isReady = members.length > 0 && members.every((row) => isInTraffic(observed, row));
  if (observed.edge === "unknown" || !isReady) return wait;
  const colour = targetColour(observed, operation);
  return together([
    act({ name: "switchTraffic", operationId: operation.id, releaseNumber: release.number, colour }),
    wait,
  ]);
}

function enter(operation: Operation, phase: "health-check" | "routing"): Decision {
  return act({ name: "enterPhase", operationId: operation.id, phase });
}

/** A failed set leaves through steady planning; here is only when the operation ends. */
function planCleanup(observed: Observed, operation: Operation, nowMs: number): Decision {
  const { cleanupMs, drainMs } = observed.deadlines;
  const deadline = operation.phaseStartedAtMs + cleanupMs + drainMs + observed.stopGraceMs;
  const isActive = (row: Instance) => row.releaseNumber === observed.service.activeReleaseNumber;
  const isResume = operation.type === "RESUME_SERVICE";
  const remains = observed.instances.filter(
    (row) => row.releaseNumber === operation.releaseNumber && (isResume || !isActive(row)),
  );
  if (remains.length > 0 && nowMs < deadline) return waitUntil(deadline);
  return operation.status === "ROLLBACK_IN_PROGRESS"
    ? finish(operation, "ROLLBACK_SUCCEEDED")
    : finish(operation, "FAILED");
}

function finish(operation: Operation, status: FinalStatus): Decision {
  return act({ name: "finishOperation", operationId: operation.id, status });
}
