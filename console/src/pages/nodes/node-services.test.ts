import { expect, test } from "vitest";
import { byService, cellAfter, looksOf, type NodeInstance } from "./node-services.ts";

function instance(id: string, service: string, more: Partial<NodeInstance> = {}): NodeInstance {
  return {
    InstanceId: id,
    ServiceId: service,
    ServiceName: `name of ${service}`,
    ReleaseNumber: 1,
    State: "ready",
    Activity: "run",
    CreatedAt: 1,
    Cpus: 1,
    MemoryBytes: 1,
    ...more,
  };
}

test("instances stand by service, and those that serve before those that rest, come and go", () => {
  const instances = [
    instance("1", "a", { State: "draining" }),
    instance("2", "a", { State: "warming" }),
    instance("3", "b", { State: "idle", Activity: "freeze" }),
    instance("4", "a"),
    instance("5", "a", { Activity: "throttle" }),
  ];
  const groups = byService(instances).map(({ name, instances: some }) => [
    name,
    some.map(({ InstanceId: id }) => id).join(""),
  ]);
  expect(groups).toEqual([
    ["name of a", "4521"],
    ["name of b", "3"],
  ]);
  expect(looksOf(instances)).toEqual([
    ["serving", 1],
    ["idle", 2],
    ["starting", 1],
    ["leaving", 1],
  ]);
  expect(looksOf([instance("1", "a")])).toEqual([["serving", 1]]);
});

test("arrows lead from cell to cell and stop at the ends; other keys are nobody's", () => {
  expect(cellAfter("ArrowRight", { at: 0, count: 3 })).toBe(1);
  expect(cellAfter("ArrowUp", { at: 0, count: 3 })).toBe(0);
  expect(cellAfter("End", { at: 0, count: 3 })).toBe(2);
  expect(cellAfter("Tab", { at: 0, count: 3 })).toBeNull();
});
