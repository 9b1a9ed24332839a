import { expect, test } from "vitest";
import { errorRate, mathOf, mathProblems, type MetricQuery, newTerm, queriesOf } from "./alarm-math.ts";

const SERVICE = { name: "shop", id: "1" };
const RATE = errorRate(SERVICE, "");

test("what the form has no fields for stays as it was, but for the period, which all share", () => {
  const kept: MetricQuery = {
    Id: "one",
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: "AWS/AppRunner",
        MetricName: "CPUUtilization",
        Dimensions: [
          { Name: "ServiceName", Value: "shop" },
          { Name: "ServiceID", Value: "1" },
          { Name: "InstanceID", Value: "i" },
        ],
      },
      Period: 60,
      Stat: "Average",
    },
  };
  const math = mathOf([{ Id: "e", Expression: "one / 2" }, kept], () => true);
  expect(math.terms).toEqual([{ kind: "kept", id: "one", query: kept }]);
  expect(queriesOf(math, 300)).toEqual([
    { Id: "e", Expression: "one / 2", ReturnData: true },
    { ...kept, MetricStat: { ...kept.MetricStat, Period: 300 } },
  ]);
});

test("a metric that is returned itself becomes an expression of its name", () => {
  const [, errors] = queriesOf(RATE, 60);
  const math = mathOf([{ ...errors!, ReturnData: true }], () => true);
  expect(math).toMatchObject({ id: "e1", expression: "errors", terms: [{ kind: "metric", id: "errors" }] });
});

test.each([
  [{ expression: " " }, { expression: true, ids: [], empty: [] }],
  [{ terms: [{ ...RATE.terms[0]!, id: "Errors" }] }, { expression: false, ids: [0], empty: [] }],
  [{ terms: [RATE.terms[0]!, RATE.terms[0]!] }, { expression: false, ids: [0, 1], empty: [] }],
  [
    { terms: [{ kind: "expression", id: "a", expression: "" } as const] },
    { expression: false, ids: [], empty: [0] },
  ],
  [{}, { expression: false, ids: [], empty: [] }],
])("%j is a problem where it is", (changes, expected) => {
  expect(mathProblems({ ...RATE, ...changes })).toEqual(expected);
});

test("a new term has a free name, and the service of the one before it", () => {
  expect(newTerm("metric", RATE)).toMatchObject({ id: "m1", service: SERVICE });
  const more = { ...RATE, terms: [...RATE.terms, newTerm("metric", RATE)] };
  expect(newTerm("metric", more).id).toBe("m2");
  expect(newTerm("expression", more)).toEqual({ kind: "expression", id: "e1", expression: "" });
});

test("labels of terms are there after the form has saved", () => {
  const [watched, errors, all] = queriesOf(RATE, 60);
  const labelled = [
    watched!,
    { ...errors!, Label: "Errors" },
    { Id: "x", Expression: "all", Label: "All", ReturnData: false },
    all!,
  ];
  expect(
    queriesOf(
      mathOf(labelled, () => true),
      60,
    ),
  ).toEqual(labelled);
});
