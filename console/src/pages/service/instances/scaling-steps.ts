/** How many instances were wanted and how many were there, over time, as steps. Pure. */
import type { Output } from "../../../api/wire.ts";

type Listed = Output<"Slipway.ListInstances">;
export type Scaling = NonNullable<Listed["Scaling"]>;
export type Instance = Listed["Instances"][number];

export interface Step {
  readonly atMs: number;
  readonly count: number;
}

export interface ScalingSteps {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly wanted: readonly Step[];
  readonly actual: readonly Step[];
  readonly maximum: number;
}

const LONGEST_MS = 3_600_000;
const SHORTEST_MS = 60_000;

export function scalingSteps(
  decisions: Scaling["Decisions"],
  instances: readonly Instance[],
  nowMs: number,
): ScalingSteps {
  const wanted = decisions.map(({ At: at, Count: count }) => ({ atMs: at * 1_000, count })).toReversed();
  const first = wanted[0]?.atMs ?? nowMs;
  const fromMs = Math.min(nowMs - SHORTEST_MS, Math.max(first, nowMs - LONGEST_MS));
  const actual = actualSteps(instances);
  return {
    fromMs,
    untilMs: nowMs,
    wanted: within(wanted, fromMs),
    actual: within(actual, fromMs),
    maximum: Math.max(1, ...wanted.map(({ count }) => count), ...actual.map(({ count }) => count)),
  };
}

/** From when an instance is healthy until its process ends. */
function actualSteps(instances: readonly Instance[]): readonly Step[] {
  const changes = instances
    .flatMap(({ ReadyAt: ready, StoppedAt: stopped, State: state }) => {
      if (ready === undefined) return [];
      const begun = { atMs: ready * 1_000, change: 1 };
      const isOver = stopped !== undefined && (state === "stopped" || state === "failed");
      return isOver ? [begun, { atMs: stopped * 1_000, change: -1 }] : [begun];
    })
    .sort((one, other) => one.atMs - other.atMs);
  let count = 0;
  return changes.map(({ atMs, change }) => {
    count += change;
    return { atMs, count };
  });
}

/** What held at the beginning begins there. */
function within(steps: readonly Step[], fromMs: number): readonly Step[] {
  const before = steps.findLast(({ atMs }) => atMs <= fromMs);
  return [{ atMs: fromMs, count: before?.count ?? 0 }, ...steps.filter(({ atMs }) => atMs > fromMs)];
}

/** An SVG path in a box of 100 by 100, zero at the bottom. */
export function stepPath(
  steps: readonly Step[],
  { fromMs, untilMs, maximum }: Pick<ScalingSteps, "fromMs" | "untilMs" | "maximum">,
): string {
  const x = (atMs: number) => round(((atMs - fromMs) / (untilMs - fromMs)) * 100);
  const y = (count: number) => round(100 - (count / maximum) * 100);
  const [first, ...others] = steps;
  if (first === undefined) return "";
  return `M${x(first.atMs)},${y(first.count)}${others.map(({ atMs, count }) => `H${x(atMs)}V${y(count)}`).join("")}H100`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
