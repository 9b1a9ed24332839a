import { expect, test } from "vitest";
import { countValues, filterRows, type ServiceRow, sourceText, tagsOf } from "./service-rows.ts";
import { MEASURED } from "../../../../test/support/processor-time.ts";

function row(number: number, more: Partial<ServiceRow> = {}): ServiceRow {
  return {
    ServiceName: `web${number}`,
    ServiceId: String(number),
    ServiceArn: `arn:${number}`,
    ServiceUrl: `web${number}.localhost`,
    IsPubliclyAccessible: true,
    Status: "RUNNING",
    CreatedAt: number,
    SourceType: "IMAGE",
    Source: "team/web:1",
    Instances: { Starting: 0, Running: 1, Idle: 0, Draining: 0 },
    Tags: [],
    ...more,
  };
}

test("a thousand are filtered by status and tag in a moment", MEASURED, () => {
  const rows = Array.from({ length: 1_000 }, (_, index) =>
    row(index, {
      Status: index % 10 === 0 ? "PAUSED" : "RUNNING",
      Tags: [{ Key: "team", Value: index % 2 === 0 ? "red" : "blue" }],
    }),
  );
  const startedAt = performance.now();
  const found = filterRows(rows, { status: "PAUSED", tag: "team=red" });
  const statuses = countValues(rows.map(({ Status }) => Status));
  const tags = countValues(rows.flatMap(tagsOf));
  const tookMs = performance.now() - startedAt;
  expect(found).toHaveLength(100);
  expect(statuses).toEqual([
    ["RUNNING", 900],
    ["PAUSED", 100],
  ]);
  expect(tags).toEqual([
    ["team=blue", 500],
    ["team=red", 500],
  ]);
  expect(tookMs).toBeLessThan(50);
});

test("Slipway's own tags are no marks of people", () => {
  const tags = [
    { Key: "slipway:scale-to-zero", Value: "15m" },
    { Key: "team", Value: "red" },
    { Key: "old" },
  ];
  expect(tagsOf(row(1, { Tags: tags }))).toEqual(["team=red", "old"]);
});

test("a repository is told by its host and branch", () => {
  const source = { Source: "https://github.com/team/shop.git", Branch: "main" };
  expect(sourceText(row(1, source))).toBe("github.com/team/shop (main)");
});
