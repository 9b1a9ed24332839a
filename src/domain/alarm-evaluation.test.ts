import { expect, test } from "vitest";
import type { AlarmState, MissingDataTreatment } from "./alarm.ts";
import { evaluateAlarm } from "./alarm-evaluation.ts";

const treatments: readonly MissingDataTreatment[] = ["missing", "ignore", "breaching", "notBreaching"];
const rules = {
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  threshold: 10,
  comparison: "GreaterThanThreshold",
  missingData: null,
} as const;

/** "0" does not breach, "X" does, "-" is missing. */
const datapoints = (text: string) =>
  text.split(" ").map((sign) => (sign === "-" ? null : sign === "X" ? 11 : 0));

type Row = readonly [string, readonly (AlarmState | null)[]];
const retain = null;
const insufficient = "INSUFFICIENT_DATA";

// The tables of CloudWatch's user guide, "How alarm state is evaluated when data is missing".
test.each<Row>([
  ["0 - X - X", ["OK", "OK", "OK", "OK"]],
  ["- - - - 0", ["OK", "OK", "OK", "OK"]],
  ["- - - - -", [insufficient, retain, "ALARM", "OK"]],
  ["0 X X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
  ["- - X - -", ["ALARM", retain, "ALARM", "OK"]],
])("3 out of 3: %s", (text, expected) => {
  const states = treatments.map((missingData) => evaluateAlarm({ ...rules, missingData }, datapoints(text)));
  expect(states).toEqual(expected);
});

test.each<Row>([
  ["0 - X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
  ["0 0 X 0 X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
  ["0 - X - -", ["OK", "OK", "ALARM", "OK"]],
  ["- - - - 0", ["OK", "OK", "ALARM", "OK"]],
  ["- - - X -", ["ALARM", retain, "ALARM", "OK"]],
])("2 out of 3: %s", (text, expected) => {
  const twoOfThree = { ...rules, datapointsToAlarm: 2 };
  const states = treatments.map((missingData) =>
    evaluateAlarm({ ...twoOfThree, missingData }, datapoints(text)),
  );
  expect(states).toEqual(expected);
});

// "Avoiding premature transitions to ALARM state".
test.each(["- - - - X", "- - - X -"])("a first breach is no alarm yet: %s", (text) => {
  expect(evaluateAlarm(rules, datapoints(text))).toBeNull();
});

test("missing is what data are treated as unless it is said otherwise", () => {
  expect(evaluateAlarm(rules, datapoints("- - - - -"))).toBe(insufficient);
});

test("as many breaches as periods are needed unless it is said otherwise", () => {
  const allOfThree = { ...rules, datapointsToAlarm: null };
  expect(evaluateAlarm(allOfThree, datapoints("0 0 0 X X"))).toBe("OK");
  expect(evaluateAlarm(allOfThree, datapoints("0 0 X X X"))).toBe("ALARM");
});

test.each([
  ["GreaterThanThreshold", ["OK", "OK", "ALARM"]],
  ["GreaterThanOrEqualToThreshold", ["OK", "ALARM", "ALARM"]],
  ["LessThanThreshold", ["ALARM", "OK", "OK"]],
  ["LessThanOrEqualToThreshold", ["ALARM", "ALARM", "OK"]],
] as const)("%s", (comparison, expected) => {
  const one = { ...rules, evaluationPeriods: 1, datapointsToAlarm: 1, comparison };
  expect([9, 10, 11].map((value) => evaluateAlarm(one, [null, null, value]))).toEqual(expected);
});
