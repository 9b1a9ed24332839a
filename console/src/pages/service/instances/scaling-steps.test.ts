import { expect, test } from "vitest";
import { type Instance, scalingSteps, stepPath } from "./scaling-steps.ts";

function instance(ready: number | undefined, stopped?: number): Instance {
  return {
    InstanceId: "a",
    ReleaseNumber: 1,
    State: stopped === undefined ? "ready" : "stopped",
    Activity: "run",
    StartReason: "deployment",
    CreatedAt: (ready ?? 0) - 1,
    ...(ready === undefined ? {} : { ReadyAt: ready }),
    ...(stopped === undefined ? {} : { StoppedAt: stopped }),
  };
}
const decision = (At: number, Count: number) => ({ At, Count, Activity: "run", Reason: "load" }) as const;

test("wanted and there are told side by side, from the first decision that is known", () => {
  const steps = scalingSteps(
    [decision(300, 1), decision(200, 3), decision(100, 1)],
    [instance(90), instance(202, 330), instance(203, 331), instance(undefined)],
    400_000,
  );
  expect(steps.fromMs).toBe(100_000);
  expect(steps.wanted).toEqual([
    { atMs: 100_000, count: 1 },
    { atMs: 200_000, count: 3 },
    { atMs: 300_000, count: 1 },
  ]);
  expect(steps.actual).toEqual([
    { atMs: 100_000, count: 1 },
    { atMs: 202_000, count: 2 },
    { atMs: 203_000, count: 3 },
    { atMs: 330_000, count: 2 },
    { atMs: 331_000, count: 1 },
  ]);
  expect(steps.maximum).toBe(3);
});

test("of a long history the last hour is shown, with what held at its beginning", () => {
  const { fromMs, wanted } = scalingSteps([decision(100, 2)], [], 10_000_000);
  expect(fromMs).toBe(6_400_000);
  expect(wanted).toEqual([{ atMs: 6_400_000, count: 2 }]);
});

test("steps are drawn as corners, up to now", () => {
  const box = { fromMs: 0, untilMs: 100, maximum: 2 };
  const steps = [
    { atMs: 0, count: 1 },
    { atMs: 50, count: 2 },
  ];
  expect(stepPath(steps, box)).toBe("M0,50H50V0H100");
});
