import { expect, test } from "vitest";
import { durationMsOf, isCancellable, type Operation, stepsOf } from "./phases.ts";

const deployment: Operation = {
  Id: "a".repeat(32),
  Type: "START_DEPLOYMENT",
  Status: "IN_PROGRESS",
  TargetArn: "arn",
  StartedAt: 100,
  UpdatedAt: 105,
  Phase: "provision",
  Phases: [
    { Phase: "waiting", StartedAt: 100 },
    { Phase: "pull", StartedAt: 100.2 },
    { Phase: "provision", StartedAt: 104.2 },
  ],
};
const brief = (operation: Operation, nowMs: number) =>
  stepsOf(operation, nowMs).map(({ phase, state, durationMs }) => [phase, state, durationMs]);

test("a running deployment tells what was, what is and what comes; a wait that nobody noticed is left out", () => {
  expect(brief(deployment, 105_200)).toEqual([
    ["pull", "done", 4_000],
    ["provision", "now", 1_000],
    ["health-check", "later", null],
    ["routing", "later", null],
  ]);
});

test("one that waits tells so, and how long", () => {
  const waiting = { ...deployment, Phase: "waiting", Phases: [{ Phase: "waiting", StartedAt: 100 }] };
  expect(brief(waiting, 130_000)[0]).toEqual(["waiting", "now", 30_000]);
});

test("one that failed marks the phase of its cause, and promises nothing more", () => {
  const failed: Operation = {
    ...deployment,
    Status: "ROLLBACK_SUCCEEDED",
    EndedAt: 111,
    Cause: { Phase: "health-check", Class: "exit-code", Message: "It ended.", LogLines: [] },
    Phases: [
      { Phase: "pull", StartedAt: 100 },
      { Phase: "health-check", StartedAt: 101 },
      { Phase: "cleanup", StartedAt: 110 },
      { Phase: "done", StartedAt: 111 },
    ],
  };
  expect(brief(failed, 999_000)).toEqual([
    ["pull", "done", 1_000],
    ["health-check", "failed", 9_000],
    ["cleanup", "done", 1_000],
  ]);
  expect(durationMsOf(failed, 999_000)).toBe(11_000);
});

test("one that is cancelled ends the phase it was at, and clears up without having failed", () => {
  const cancelled: Operation = {
    ...deployment,
    Cause: { Phase: "cleanup", Class: "cancelled", Message: "Cancelled.", LogLines: [] },
    Phases: [
      { Phase: "pull", StartedAt: 100 },
      { Phase: "health-check", StartedAt: 101 },
      { Phase: "cleanup", StartedAt: 110 },
    ],
  };
  expect(brief(cancelled, 111_000)).toEqual([
    ["pull", "done", 1_000],
    ["health-check", "cancelled", 9_000],
    ["cleanup", "now", 1_000],
  ]);
});

test("an operation of an older version has no phases, and what comes is still told", () => {
  const { Phases: _phases, ...old } = deployment;
  expect(brief(old, 0).map(([phase]) => phase)).toEqual(["provision", "health-check", "routing"]);
});

test("only a deployment that has begun and not failed can be cancelled", () => {
  expect(isCancellable(deployment)).toBe(true);
  expect(isCancellable({ ...deployment, Status: "PENDING" })).toBe(false);
  expect(isCancellable({ ...deployment, Type: "PAUSE_SERVICE" })).toBe(false);
  expect(isCancellable({ ...deployment, EndedAt: 106 })).toBe(false);
});
