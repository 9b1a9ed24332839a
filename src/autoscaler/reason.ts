/** Why a service shall have what it shall have, in one line for people. */
import { type Load, type ResourceUse, filledBy, isAllAtWork, neededForUse, neededNow } from "./demand.ts";
import type { Phase } from "./phase.ts";
import type { ScaleInput, ScaleMemory } from "./scale-input.ts";
import type { ScaleParameters } from "./scale-parameters.ts";

export interface ReasonSubject {
  readonly input: ScaleInput;
  readonly phase: Phase;
  readonly count: number;
  readonly before: ScaleMemory | null;
  readonly parameters: ScaleParameters;
}

export function reasonOf(subject: ReasonSubject): string {
  const { phase, before, input, parameters } = subject;
  const { scaleToZeroMs, warmZeroMs } = input.policy;
  const warmAfterMs = Math.max(scaleToZeroMs ?? 0, parameters.leastBusyMs);
  if (phase === "zero") return `no request for ${duration(warmAfterMs + warmZeroMs)}`;
  if (phase === "warm") return `no request for ${duration(warmAfterMs)}`;
  if (before === null) return `keeps ${instances(subject.count)} until its load is known`;
  return phase === "quiet" ? quietReason(subject, before) : busyReason(subject, before);
}

function quietReason({ count, parameters }: ReasonSubject, before: ScaleMemory): string {
  const quiet = `no request for ${duration(parameters.quietAfterMs)}`;
  return count < before.wish.count ? `${quiet}: ${suffice(count)}` : quiet;
}

function busyReason(subject: ReasonSubject, before: ScaleMemory): string {
  const { input, count } = subject;
  const { minSize, maxSize } = input.policy;
  const countBefore = before.wish.count;
  if (before.phase !== "busy" && (count === countBefore || count === minSize)) return wakeReason(input);
  if (count === countBefore) return `${input.ready} of ${instances(count)} ready`;
  if (count < countBefore) return fallReason(subject, countBefore);
  if (count === minSize) return `never less than ${instances(minSize)}`;
  const need = needReason(subject);
  return count === maxSize ? `${need}; more than ${maxSize} are not allowed` : need;
}

function wakeReason({ load, held, isCalled }: ScaleInput): string {
  const isKnown = load !== "unknown" && load.inFlight + load.queued + load.arrived > 0;
  return isCalled || held > 0 || isKnown ? "a request came" : "it was just deployed or resumed";
}

function fallReason({ input, count, parameters }: ReasonSubject, countBefore: number): string {
  const { maxSize } = input.policy;
  if (countBefore > maxSize) return `more than ${instances(maxSize)} are not allowed`;
  const verb = count === 1 ? "has" : "have";
  return `${instances(count)} ${verb} been enough for ${duration(parameters.scaleDownDelayMs)}`;
}

/** `8 requests in flight and 52 waiting need 9 instances at 7 each`: of all that wants instances, what wants most. */
function needReason(subject: ReasonSubject): string {
  const { input, count } = subject;
  const { load, held, use } = input;
  if (load === "unknown" && held === 0) return `keeps ${instances(count)}`;
  const each = `${count === input.policy.maxSize ? "at least " : ""}${instances(count)} at ${round(perInstanceOf(subject))} each`;
  if (load === "unknown") return `${requests(held)} waiting need ${each}`;
  if (filledBy(load, input.policy) >= count && load.queued + held === 0) {
    return `${requests(load.inFlight)} in flight fill ${instances(count)}`;
  }
  const isShort =
    input.ready < (subject.before?.wish.count ?? 0) || !isAllAtWork(load, input.ready, input.policy);
  const now = neededNow(load, held, isShort);
  const [panicMean, stableMean] = [Number(load.panicMean) || 0, Number(load.stableMean) || 0];
  const forUse = neededForUse(input, 0, 0) * perInstanceOf(subject);
  const most = Math.max(now, panicMean, stableMean, forUse);
  if (most === now) return `${queueOf(load, held, now)} need ${each}`;
  const { stableWindowMs, panicWindowMs } = subject.parameters;
  if (most === forUse && use !== "unknown") {
    return `${useOf(use)} over the last ${duration(stableWindowMs)} needs ${instances(count)}`;
  }
  const windowMs = most === panicMean ? panicWindowMs : stableWindowMs;
  return `${requests(round(most))} at once over the last ${duration(windowMs)} need ${each}`;
}

function queueOf({ inFlight, queued }: Load, held: number, now: number): string {
  const waiting = queued + held;
  if (now >= inFlight + waiting) return `${requests(inFlight)} in flight and ${waiting} waiting`;
  return `${requests(round(now))} at once (${inFlight} in flight, ${waiting} waiting)`;
}

function perInstanceOf({ input, parameters }: ReasonSubject): number {
  return input.policy.maxConcurrency * parameters.targetUtilisation;
}

function useOf({ cpu, memory }: ResourceUse): string {
  return `use of ${round(cpu)} instances' processors and of ${round(memory)} instances' memory`;
}

function suffice(count: number): string {
  return count === 1 ? "1 instance suffices" : `${count} instances suffice`;
}

function requests(count: number): string {
  return `${count} ${count === 1 ? "request" : "requests"}`;
}

function instances(count: number): string {
  return `${count} ${count === 1 ? "instance" : "instances"}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function duration(ms: number): string {
  if (ms < 120_000) return `${round(ms / 1000)} s`;
  return ms < 7_200_000 ? `${round(ms / 60_000)} min` : `${round(ms / 3_600_000)} h`;
}
