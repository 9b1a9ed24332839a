/** Why a service shall have what it shall have, in one line for people. */
import { type ResourceUse, neededForUse } from "./demand.ts";
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
  const isOfLimit = count === before.wish.count || (count === minSize && count > before.wish.count);
  if (isOfLimit && before.phase !== "busy") return "a request came";
  if (count === before.wish.count) return `${input.ready} of ${instances(count)} ready`;
  if (isOfLimit) return `never less than ${instances(minSize)}`;
  const need = needReason(subject);
  return count === maxSize && count > before.wish.count
    ? `${need}; more than ${maxSize} are not allowed`
    : need;
}

/** `8 requests in flight and 52 waiting need 9 instances at 7 each`. */
function needReason({ input, count, parameters }: ReasonSubject): string {
  const { load, held, policy } = input;
  const perInstance = round(policy.maxConcurrency * parameters.targetUtilisation);
  const each = `${instances(count)} at ${perInstance} each`;
  if (load === "unknown")
    return held > 0 ? `${requests(held)} waiting need ${each}` : `keeps ${instances(count)}`;
  const waiting = load.queued + held;
  if (waiting > 0) return `${requests(load.inFlight)} in flight and ${waiting} waiting need ${each}`;
  const window = `over the last ${duration(parameters.stableWindowMs)}`;
  const isOfUse = neededForUse(input, 0, 0) > Number(load.stableMean) / perInstance;
  if (isOfUse && input.use !== "unknown") return `${useOf(input.use)} ${window} needs ${instances(count)}`;
  if (load.stableMean === "unknown") return `${requests(load.inFlight)} in flight need ${each}`;
  const needs = load.stableMean === 1 ? "needs" : "need";
  return `${requests(round(load.stableMean))} at once ${window} ${needs} ${each}`;
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
