import { expect, test } from "vitest";
import { deploymentMarks } from "./deployment-marks.ts";

test("an operation is marked where it ended, one that runs where it began, one without a time nowhere", () => {
  const marks = deploymentMarks(
    [
      { Id: "a", Type: "CREATE_SERVICE", Status: "SUCCEEDED", StartedAt: 10, EndedAt: 20 },
      { Id: "b", Type: "START_DEPLOYMENT", Status: "IN_PROGRESS", StartedAt: 30 },
      { Id: "c", Type: "START_DEPLOYMENT", Status: "FAILED", StartedAt: 40, EndedAt: 50 },
      { Id: "d" },
    ],
    ({ type, status, atMs }) => `${type} ${status} ${atMs}`,
    (id) => `#/${id}`,
  );
  expect(marks.map(({ id, atMs, title }) => [id, atMs, title])).toEqual([
    ["a", 20_000, "CREATE_SERVICE SUCCEEDED 20000"],
    ["b", 30_000, "START_DEPLOYMENT IN_PROGRESS 30000"],
    ["c", 50_000, "START_DEPLOYMENT FAILED 50000"],
  ]);
  expect(marks[0]?.href).toBe("#/a");
  expect(new Set(marks.map(({ color }) => color)).size).toBe(3);
});
