import { expect, test } from "vitest";
import { type ActionSubject, serviceActions } from "./service-action.ts";

const running: ActionSubject = {
  ServiceName: "shop",
  ServiceId: "1",
  ServiceArn: "arn",
  ServiceUrl: "shop.localhost",
  Status: "RUNNING",
  ReleaseNumber: 3,
};
const possible = (subject: ActionSubject) =>
  serviceActions(subject)
    .filter(({ reason }) => reason === null)
    .map(({ id }) => id);
const reasonOf = (subject: ActionSubject, wanted: string) =>
  serviceActions(subject).find(({ id }) => id === wanted)?.reason;
const operation = { Id: "1", Status: "IN_PROGRESS", TargetArn: "arn", StartedAt: 1, UpdatedAt: 1 } as const;

test("a running service can do all but resume", () => {
  expect(possible(running)).toEqual(["deploy", "pause", "rollBack", "delete"]);
});

test("a paused one is resumed or deleted", () => {
  expect(possible({ ...running, Status: "PAUSED" })).toEqual(["resume", "delete"]);
});

test("one that never came up is deleted, and the reason says how else it goes on", () => {
  const { ReleaseNumber: _number, ...failed } = { ...running, Status: "CREATE_FAILED" } as const;
  expect(possible(failed)).toEqual(["delete"]);
  expect(reasonOf(failed, "deploy")).toContain("configuration");
});

test("while an operation runs nothing can be done and the reason names it; a create may be overtaken by a delete", () => {
  const busy = { ...running, Status: "OPERATION_IN_PROGRESS" } as const;
  const deploying = { ...busy, LastOperation: { ...operation, Type: "START_DEPLOYMENT" } } as const;
  expect(possible(deploying)).toEqual([]);
  expect(reasonOf(deploying, "delete")).toBe("Not while it is being deployed.");
  expect(possible({ ...busy, LastOperation: { ...operation, Type: "CREATE_SERVICE" } })).toEqual(["delete"]);
});
