/** Why a service shall have what it shall have, in one line for people. */
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
  if (phase === "quiet") return quietReason(subject, before);
  return busyReason(subject, before);
}

function quietReason({ count, parameters }: ReasonSubject, before: ScaleMemory): string {
  const quiet = `no request for ${duration(parameters.quietAfterMs)}`;
  return before.phase === "quiet" && count < before.wish.count
    ? `${quiet}: ${instances(count)} suffice`
    : quiet;
}

function busyReason(subject: ReasonSubject, before: ScaleMemory): string {
  const { input, count } = subject;
  const { minSize, maxSize } = input.policy;
  if (count === before.wish.count)
    return before.phase === "busy" ? `${instances(input.ready)} ready` : "a request came";
  const need = needReason(subject);
  if (count === maxSize && count > minSize) return `${need}; at most ${maxSize}`;
  return count === minSize ? `${need}; at least ${minSize}` : need;
}

/** `8 requests in flight and 52 waiting need 9 instances at 7 each`. */
function needReason({ input, count, parameters }: ReasonSubject): string {
  const { load, held, policy } = input;
  const perInstance = round(policy.maxConcurrency * parameters.targetUtilisation);
  const each = `${instances(count)} at ${perInstance} each`;
  if (load === "unknown")
    return held > 0 ? `${requests(held)} held need ${each}` : `keeps ${instances(count)}`;
  const waiting = load.queued + held;
  if (held > 0 || load.standing > 0)
    return `${requests(load.inFlight)} in flight and ${waiting} waiting need ${each}`;
  if (load.stableMean === "unknown") return `keeps ${instances(count)}`;
  const window = duration(parameters.stableWindowMs);
  return `${round(load.stableMean)} requests at once over the last ${window} need ${each}`;
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
