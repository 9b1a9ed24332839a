/**
 * The scaling decision: what a service shall have now, from its load, its limits and what was decided before. Pure: the
 * time is an argument, the memory is plain data. Unknown load holds what is; it never scales in and never goes to zero.
 */
import type { InstanceActivity } from "../domain/instance.ts";
import type { Gate, ScalePolicy, ScaleWish } from "../domain/scaling.ts";
import { type Load, neededFor, isAllAtWork, filledBy, neededForUse, neededNow } from "./demand.ts";
import { type SizeInput, type SizeMemory, clamp, sizeForLoad, startingSizeMemory } from "./load-size.ts";
import { type Phase, phaseAt, nextPhaseAtMs } from "./phase.ts";
import { reasonOf } from "./reason.ts";
import type { ScaleInput, ScaleMemory } from "./scale-input.ts";
import { type ScaleParameters, defaultScaleParameters } from "./scale-parameters.ts";

export interface Decision extends ScaleWish {
  readonly memory: ScaleMemory;
  /** Without news, nothing changes before this time; null: never. Epoch milliseconds. */
  readonly recheckAtMs: number | null;
}

/** While the size is still to fall although nothing happens. */
const RECHECK_MS = 1000;

/** `memory` is null for a service seen for the first time: it keeps what it has until its load has been seen. */
export function decide(
  input: ScaleInput,
  memory: ScaleMemory | null,
  parameters: ScaleParameters = defaultScaleParameters,
): Decision {
  const before = memory ?? firstMemory(input, parameters);
  const lastRequestMs = lastRequest(input, before);
  const phase = phaseAt(input.nowMs - lastRequestMs, input.policy, parameters);
  const { count, size } = sizeOf(input, before, phase, parameters);
  const next = {
    count,
    activity: activityIn(phase, input.policy),
    gate: gateFor(input, before, phase, count),
  };
  // Numbers in a reason would change at each sample.
  const isSame = memory !== null && isSameWish(before.wish, next);
  const wish: ScaleWish = isSame
    ? before.wish
    : { ...next, reason: reasonOf({ input, phase, count, before: memory, parameters }) };
  const quietAtMs = nextPhaseAtMs(lastRequestMs, input.nowMs, input.policy, parameters);
  const isFalling = phase !== "zero" && count > leastCount(phase, input.policy);
  return {
    ...wish,
    memory: { decidedAtMs: input.nowMs, lastRequestMs, phase, wish, size },
    recheckAtMs: isFalling ? Math.min(input.nowMs + RECHECK_MS, quietAtMs ?? Infinity) : quietAtMs,
  };
}

/**
 * A service whose instances run may be busy as far as we know. One whose instances rest was quiet, and one without, that
 * had the time to go to zero, is at zero: a restart of the control plane wakes nobody.
 */
function firstMemory(input: ScaleInput, { quietAfterMs }: ScaleParameters): ScaleMemory {
  const { nowMs, ready, starting, idle, activeSinceMs } = input;
  const present = ready + starting;
  const isResting = present > 0 && idle === present;
  const isAtZero = present === 0 && input.policy.scaleToZeroMs !== null;
  const lastRequestMs = isResting ? nowMs - quietAfterMs : isAtZero ? activeSinceMs : nowMs;
  return {
    decidedAtMs: nowMs,
    lastRequestMs: Math.min(lastRequestMs, nowMs),
    phase: "busy",
    wish: { count: present, activity: "run", gate: "open", reason: "" },
    size: startingSizeMemory(present, nowMs),
  };
}

function lastRequest(input: ScaleInput, before: ScaleMemory): number {
  const { nowMs, load, isCalled, held, activeSinceMs } = input;
  if (isCalled || held > 0 || (load !== "unknown" && hasRequests(load))) return nowMs;
  // A deployment in the future was before the clock was set back: it would count as a request at each look until then.
  const deployedMs = activeSinceMs > nowMs ? -Infinity : activeSinceMs;
  const knownMs = Math.min(nowMs, Math.max(before.lastRequestMs, deployedMs));
  // Nobody knows whether there are requests: the time of quiet stands still.
  return load === "unknown" ? Math.min(nowMs, knownMs + Math.max(0, nowMs - before.decidedAtMs)) : knownMs;
}

function hasRequests(load: Load): boolean {
  return load.inFlight + load.queued + load.arrived > 0;
}

function sizeOf(
  input: ScaleInput,
  before: ScaleMemory,
  phase: Phase,
  parameters: ScaleParameters,
): { readonly count: number; readonly size: SizeMemory } {
  const { nowMs, policy, load, held, ready } = input;
  if (phase === "zero") return { count: 0, size: startingSizeMemory(0, nowMs) };
  if (phase === "warm") return { count: 1, size: startingSizeMemory(1, nowMs) };
  const perInstance = policy.maxConcurrency * parameters.targetUtilisation;
  const least = leastCount(phase, policy);
  const heldNeed = Math.ceil(held / perInstance);
  if (load === "unknown") {
    return { count: clamp(Math.max(before.wish.count, heldNeed), least, policy.maxSize), size: before.size };
  }
  const need = needOf({ ...input, load }, before.wish.count, phase, parameters);
  const { size, memory } = sizeForLoad({ nowMs, ready, ...need }, before.size, parameters);
  return { count: clamp(Math.max(size, filledBy(load, policy)), least, policy.maxSize), size: memory };
}

/** In instances. */
function needOf(
  { policy, load, held, ready, use }: ScaleInput & { readonly load: Load },
  count: number,
  phase: Phase,
  { targetUtilisation, scaleDownMargin }: ScaleParameters,
): Pick<SizeInput, "stable" | "panic" | "now"> {
  const perInstance = policy.maxConcurrency * targetUtilisation;
  const { stableMean, panicMean } = load;
  const forLoad =
    stableMean === "unknown" ? count : neededFor(stableMean, perInstance, count, scaleDownMargin);
  // What instances use while nobody calls is no load.
  const forUse = phase === "busy" ? neededForUse({ policy, use }, count, scaleDownMargin) : 0;
  const panic = panicMean === "unknown" ? 0 : Math.ceil(panicMean / perInstance);
  return {
    // Nothing is scaled in that the last seconds needed, though the stable window has not seen it yet.
    stable: Math.max(forLoad, forUse, Math.min(panic, count), filledBy(load, policy)),
    panic,
    now: Math.ceil(neededNow(load, held, ready < count || !isAllAtWork(load, ready, policy)) / perInstance),
  };
}

function leastCount(phase: Phase, policy: ScalePolicy): number {
  return phase === "warm" ? 1 : Math.max(1, policy.minSize);
}

function activityIn(phase: Phase, policy: ScalePolicy): InstanceActivity {
  if (phase === "busy") return "run";
  return phase === "quiet" ? policy.idle : "freeze";
}

/**
 * Without an instance requests wait for one, where the service may go to zero; else they are refused by the edge. Who waits
 * already goes on waiting, also when the service may not go to zero any longer.
 */
function gateFor({ policy, ready }: ScaleInput, { wish }: ScaleMemory, phase: Phase, count: number): Gate {
  const mayWait = policy.scaleToZeroMs !== null || wish.gate === "closed";
  if (count === 0 || (mayWait && ready === 0)) return "closed";
  return phase === "busy" ? "open" : "watched";
}

function isSameWish(one: ScaleWish, other: Omit<ScaleWish, "reason">): boolean {
  return one.count === other.count && one.activity === other.activity && one.gate === other.gate;
}
