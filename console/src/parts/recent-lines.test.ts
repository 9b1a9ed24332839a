import { expect, test } from "vitest";
import { linesOf, queryId, type RecentMetric } from "./recent-lines.ts";

const span = { startS: 600, periodSeconds: 60, periods: 3 };
const requestsOf = (serviceId: string): RecentMetric => ({
  metric: "Requests",
  statistic: "Sum",
  serviceName: "shop",
  serviceId,
});

test("a value stands at its time, and nothing where nothing was measured", () => {
  const Id = queryId(requestsOf("a"));
  const answer = [{ Id, Timestamps: [600, 720, 780], Values: [1, 3, 9] }];
  expect(linesOf([requestsOf("a")], answer, span)).toEqual([[1, null, 3]]);
});

test("the answer for another page of the list gives nobody another's values", () => {
  const former = ["a", "b"].map((id, index) => ({
    Id: queryId(requestsOf(id)),
    Timestamps: [600],
    Values: [index + 1],
  }));
  expect(linesOf(["c", "b"].map(requestsOf), former, span)).toEqual([
    [null, null, null],
    [2, null, null],
  ]);
});

test("each metric, statistic and instance has an id of its own that the API takes", () => {
  const one = requestsOf("0123456789abcdef0123456789abcdef");
  const ids = [
    one,
    { ...one, metric: "5xxStatusResponses" },
    { ...one, statistic: "p99.9" },
    { ...one, instanceId: "fedcba9876543210fedcba9876543210" },
  ].map(queryId);
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^[a-z]\w{0,254}$/);
});
