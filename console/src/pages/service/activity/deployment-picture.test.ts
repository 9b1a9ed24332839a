import { expect, test } from "vitest";
import { type Instance, type PictureWish, setsOf } from "./deployment-picture.ts";

function instance(
  number: number,
  release: number,
  state: Instance["State"],
  more: Partial<Instance> = {},
): Instance {
  return {
    InstanceId: String(number).padStart(32, "0"),
    ReleaseNumber: release,
    State: state,
    Activity: "run",
    StartReason: "deployment",
    CreatedAt: 100 + number,
    ...more,
  };
}

const deployment = {
  Id: "a".repeat(32),
  Type: "START_DEPLOYMENT",
  Status: "IN_PROGRESS",
  TargetArn: "arn",
  StartedAt: 100,
  UpdatedAt: 100,
  Phase: "health-check",
  ReleaseNumber: 2,
} as const;
const wish: PictureWish = {
  instances: [],
  operation: deployment,
  activeNumber: 1,
  isPaused: false,
  nowMs: 200_000,
};
const brief = (more: Partial<PictureWish>) =>
  setsOf({ ...wish, ...more }).map((set) => [
    set.releaseNumber,
    set.role,
    set.hasTraffic,
    set.instances.map(({ State }) => State).join(" "),
  ]);

test("a deployment: the old set serves while the new one gets ready, takes over, and the old one leaves", () => {
  const old = instance(1, 1, "ready");
  expect(brief({ instances: [instance(2, 2, "warming"), old] })).toEqual([
    [1, "serving", true, "ready"],
    [2, "coming", false, "warming"],
  ]);
  const routing = { ...deployment, Phase: "routing" };
  expect(brief({ operation: routing, instances: [instance(2, 2, "ready"), old] })).toEqual([
    [1, "serving", true, "ready"],
    [2, "takingOver", true, "ready"],
  ]);
  const ended = { ...deployment, Status: "SUCCEEDED", EndedAt: 199 } as const;
  const draining = instance(1, 1, "draining");
  expect(
    brief({ operation: ended, activeNumber: 2, instances: [instance(2, 2, "ready"), draining] }),
  ).toEqual([
    [2, "serving", true, "ready"],
    [1, "leaving", false, "draining"],
  ]);
});

test("what fell is seen while its deployment lasts, and not long after", () => {
  const fallen = instance(2, 2, "failed", { StoppedAt: 150 });
  const failing = {
    ...deployment,
    Phase: "cleanup",
    Cause: { Phase: "health-check", Class: "exit-code", Message: "It ended.", LogLines: [] },
  };
  const instances = [fallen, instance(1, 1, "ready")];
  expect(brief({ operation: failing, instances })).toEqual([
    [1, "serving", true, "ready"],
    [2, "failed", false, "failed"],
  ]);
  expect(brief({ operation: { ...failing, EndedAt: 160 }, instances })).toEqual([
    [1, "serving", true, "ready"],
  ]);
  expect(brief({ operation: { ...failing, EndedAt: 160 }, instances, nowMs: 152_000 })).toHaveLength(2);
});

test("what was cancelled has not failed, and what has ended has no requests to let end", () => {
  const cancelled = {
    ...deployment,
    Phase: "cleanup",
    Cause: { Phase: "cleanup", Class: "cancelled", Message: "Cancelled.", LogLines: [] },
  };
  const old = instance(1, 1, "ready");
  expect(brief({ operation: cancelled, instances: [instance(2, 2, "draining"), old] })).toEqual([
    [1, "serving", true, "ready"],
    [2, "cancelled", false, "draining"],
  ]);
  const gone = instance(2, 2, "stopped", { StoppedAt: 198 });
  expect(brief({ operation: { ...cancelled, EndedAt: 199 }, instances: [gone, old] })).toEqual([
    [1, "serving", true, "ready"],
    [2, "ended", false, "stopped"],
  ]);
});

test("a paused service has a set that leaves, then none", () => {
  const instances = [instance(1, 1, "draining")];
  expect(brief({ operation: undefined, instances, isPaused: true })).toEqual([
    [1, "leaving", false, "draining"],
  ]);
  expect(brief({ operation: undefined, instances: [], isPaused: true })).toEqual([]);
});

test("of many the newest are drawn, and the others counted", () => {
  const instances = Array.from({ length: 30 }, (_, index) => instance(index, 1, "ready"));
  const [set] = setsOf({ ...wish, operation: undefined, instances });
  expect([set?.instances.length, set?.moreCount]).toEqual([12, 18]);
  expect(set?.instances.at(-1)?.CreatedAt).toBe(129);
});
