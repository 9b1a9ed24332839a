import { expect, test } from "vitest";
import type { MetricQuery } from "../metric-query.ts";
import type { SampleSource } from "../metric-reading.ts";
import { evaluateQueries, resultsWithoutData } from "./query-evaluation.ts";
import { MathError } from "./math-value.ts";

const MINUTE = 60_000;
const dimensions = [
  { name: "ServiceName", value: "web" },
  { name: "ServiceID", value: "s1" },
];

/** Metric → its value in each minute; null: none. */
const values: Readonly<Record<string, readonly (number | null)[]>> = {
  Requests: [10, 20, null, 40],
  "5xxStatusResponses": [1, 2, 3, 0],
};

const source: SampleSource = {
  read: ({ metric, startMs, endMs }) =>
    Promise.resolve(
      (values[metric] ?? []).flatMap((value, minute) => {
        const atMs = minute * MINUTE;
        if (value === null || atMs < startMs || atMs >= endMs) return [];
        const alone = { count: 1, sum: value };
        return [
          {
            startMs: atMs,
            ...alone,
            minimum: value,
            maximum: value,
            quantile: () => value,
            shareBetween: () => 1,
            between: () => alone,
          },
        ];
      }),
    ),
};

const statistic = (id: string, name: string): MetricQuery => ({
  kind: "statistic",
  id,
  label: null,
  isReturned: false,
  metric: { namespace: "AWS/AppRunner", name, dimensions },
  statistic: "Sum",
  periodSeconds: 60,
  unit: null,
});
const expression = (text: string, id = "e1"): MetricQuery => ({
  kind: "expression",
  id,
  label: null,
  isReturned: id === "e1",
  expression: text,
});
const metrics = [statistic("m1", "Requests"), statistic("m2", "5xxStatusResponses")];

async function valuesOf(text: string): Promise<readonly (number | undefined)[]> {
  const results = await evaluateQueries(
    [...metrics, expression(text)],
    { startMs: 0, endMs: 4 * MINUTE },
    source,
  );
  expect(results).toHaveLength(1);
  return [0, 1, 2, 3].map((minute) => results[0]?.series.values.get(minute * MINUTE));
}

const no = undefined;

test.each<[string, (number | undefined)[]]>([
  ["m1", [10, 20, no, 40]],
  ["m1 + m2 * 2", [12, 24, no, 40]],
  ["(m1 + m2) * 2", [22, 44, no, 80]],
  ["100 * m2 / m1", [10, 10, no, 0]],
  ["m1 / m2", [10, 10, no, no]],
  ["-m1 ^ 2", [-100, -400, no, -1600]],
  ["2 ^ 3 ^ 0 + m1 * 0", [2, 2, no, 2]],
  ["m1 >= 20", [0, 1, no, 1]],
  ["m1 > 10 AND m2 > 1 || m1 == 10", [1, 1, no, 0]],
  ["SUM(METRICS())", [11, 22, 3, 40]],
  ["SUM([m1, m2])", [11, 22, 3, 40]],
  ['MAX(METRICS("m2"))', [1, 2, 3, 0]],
  ["AVG(METRICS())", [5.5, 11, 3, 20]],
  ["m1 - MIN(m1)", [0, 10, no, 30]],
  ["m1 / AVG(m1) * 0 + SUM(m2)", [6, 6, no, 6]],
  ["FILL(m1, 0)", [10, 20, 0, 40]],
  ["FILL(m1, REPEAT)", [10, 20, 20, 40]],
  ["FILL(m1, LINEAR)", [10, 20, 30, 40]],
  ["FILL(m1, m2)", [10, 20, 3, 40]],
  ["IF(m1 > 15, m1, 0)", [0, 20, no, 40]],
  ["IF(m2 > 1, m2)", [no, 2, 3, no]],
  ["ABS(0 - m2)", [1, 2, 3, 0]],
  ["CEIL(m2 / 2) + FLOOR(m2 / 2) * 10", [1, 11, 12, 0]],
  ["DIFF(m1)", [no, 10, no, 20]],
  ["RATE(m1)", [no, 10 / 60, no, 20 / 120]],
  ["m1 / PERIOD(m1)", [10 / 60, 20 / 60, no, 40 / 60]],
  ["RUNNING_SUM(m2)", [1, 3, 6, 6]],
  ["TIME_SERIES(7)", [7, 7, 7, 7]],
  ["m1 * METRIC_COUNT(METRICS())", [20, 40, no, 80]],
])("%s", async (text, expected) => {
  expect(await valuesOf(text)).toEqual(expected);
});

test("an expression may be of expressions, and of several time series it is several", async () => {
  const queries = [...metrics, expression("METRICS() * 2", "e0"), expression("e0 / 2")];
  const results = await evaluateQueries(queries, { startMs: 0, endMs: 4 * MINUTE }, source);
  expect(results.map(({ id, label, series }) => [id, label, series.values.size])).toEqual([
    ["e1", "Requests", 3],
    ["e1", "5xxStatusResponses", 4],
  ]);
});

test("what is not measured, or has another unit, has no values", async () => {
  const foreign = { ...statistic("m3", "Nothing"), isReturned: true } as MetricQuery;
  const seconds = { ...metrics[0], unit: "Seconds", isReturned: true } as MetricQuery;
  for (const query of [foreign, seconds]) {
    const [result] = await evaluateQueries([query], { startMs: 0, endMs: 4 * MINUTE }, source);
    expect(result?.series.values.size).toBe(0);
  }
});

test.each([
  ["m1 +", "ends where a value should be"],
  ["(m1", "a bracket that is not closed"],
  ["m1 m2", "goes on after its end with m2"],
  ["m1 ; m2", "cannot be read from character 3"],
  ["m9", "m9, which is the id of no query"],
  ["e1", "e1 is made of itself"],
  ["1 + 2", "e1 is a number"],
  ["SUM(m1)", "e1 is a number"],
  ['SEARCH("x", "Sum", 60)', "calls SEARCH, which is not available here"],
  ["METRICS() + METRICS()", "on both sides of +"],
  ["(".repeat(51) + "m1" + ")".repeat(51), "nests more than 50 levels"],
  ["-".repeat(60) + "m1", "nests more than 50 levels"],
])("%s is refused whatever the data are", (text, problem) => {
  expect(() => resultsWithoutData([...metrics, expression(text)])).toThrow(problem);
});

test("a chain of expressions may not be endless", () => {
  const chain = Array.from({ length: 60 }, (_, index) =>
    expression(index === 59 ? "m1" : `e${index + 2}`, `e${index + 1}`),
  );
  expect(() => resultsWithoutData([...metrics, ...chain])).toThrow("more than 50 expressions in a row");
});

test("what is wrong is a MathError that names the expression", async () => {
  const work = evaluateQueries([...metrics, expression("m1 +")], { startMs: 0, endMs: MINUTE }, source);
  await expect(work).rejects.toThrow(new MathError("Expression e1: ends where a value should be"));
});

const expressionQuery = (id: string, text: string) => ({ ...expression(text, id), isReturned: true });

test("lists of lists do not outgrow the memory", () => {
  const repeated = (id: string) => `[${Array.from({ length: 300 }, () => id).join(",")}]`;
  const queries = [
    expressionQuery("e1", "TIME_SERIES(1)"),
    expressionQuery("e2", repeated("e1")),
    expressionQuery("e3", repeated("e2")),
    expressionQuery("e4", repeated("e3")),
  ];
  expect(() => resultsWithoutData(queries)).toThrow(
    new MathError("Expression e3: has a list of more than 500 time series"),
  );
});

test("expressions are not computed for longer than others can wait", async () => {
  const text = Array.from({ length: 100 }, () => "FILL(e0,0)").join("+");
  const queries = [
    expressionQuery("e0", "TIME_SERIES(1)"),
    ...Array.from({ length: 400 }, (_, index) => expressionQuery(`e${index + 1}`, text)),
  ];
  const work = evaluateQueries(queries, { startMs: 0, endMs: 1440 * MINUTE }, source);
  await expect(work).rejects.toThrow("more than 5000000 points to compute");
});
