/** What planning yields: steps, and when to look again if nothing happens before. */
import type { Step } from "./step.ts";

export interface Decision {
  /** Independent of each other: the failure of one does not spoil the next. Order between acts comes by observing again. */
  readonly steps: readonly Step[];
  /** Epoch milliseconds; null when only an event can change anything. */
  readonly wakeAtMs: number | null;
}

export const NOTHING: Decision = { steps: [], wakeAtMs: null };

export function act(...steps: readonly Step[]): Decision {
  return { steps, wakeAtMs: null };
}

export function waitUntil(wakeAtMs: number): Decision {
  return { steps: [], wakeAtMs };
}

export function together(decisions: readonly Decision[]): Decision {
  const wakes = decisions.map((decision) => decision.wakeAtMs).filter((wake) => wake !== null);
  return {
    steps: decisions.flatMap((decision) => decision.steps),
    wakeAtMs: wakes.length === 0 ? null : Math.min(...wakes),
  };
}
