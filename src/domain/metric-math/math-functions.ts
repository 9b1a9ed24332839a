/** The functions of metric math that are there. Series without a value at a time are passed over, as CloudWatch does. */
import { MathError, type MathValue, nameOf, scalar, type Scalar, series, type Series } from "./math-value.ts";

/** An operand as a function gets it. */
export type Operand =
  | MathValue
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "word"; readonly value: string };

/** Begins of all periods that were asked for. */
export type Timeline = (periodMs: number) => readonly number[];

export type MathFunction = (operands: readonly Operand[], timeline: Timeline) => MathValue;

export const mathFunctions: Readonly<Record<string, MathFunction>> = {
  ABS: each(Math.abs),
  CEIL: each(Math.ceil),
  FLOOR: each(Math.floor),
  LOG: each(Math.log),
  LOG10: each(Math.log10),
  AVG: reduced((values) => sum(values) / values.length),
  MAX: reduced((values) => values.reduce((one, other) => Math.max(one, other))),
  MIN: reduced((values) => values.reduce((one, other) => Math.min(one, other))),
  STDDEV: reduced(deviation),
  SUM: reduced(sum),
  METRIC_COUNT: ([operand, ...more]) => {
    if (operand?.kind !== "list" || more.length > 0)
      throw new MathError("METRIC_COUNT takes one list of time series");
    return scalar(operand.series.length);
  },
  DIFF: eachSeries("DIFF", (one) => ({ ...one, values: differences(one, () => 1) })),
  RATE: eachSeries("RATE", (one) => ({ ...one, values: differences(one, (spanMs) => spanMs / 1000) })),
  RUNNING_SUM: eachSeries("RUNNING_SUM", runningSum),
  PERIOD: ([operand, ...more]) => {
    if (operand?.kind !== "series" || more.length > 0) throw new MathError("PERIOD takes one time series");
    return scalar(operand.periodMs / 1000);
  },
  TIME_SERIES: ([operand, ...more], timeline) => {
    if (operand?.kind !== "number" || more.length > 0) throw new MathError("TIME_SERIES takes one number");
    const periodMs = 60_000;
    return series(
      { periodMs, label: "" },
      timeline(periodMs).map((atMs) => [atMs, operand.value]),
    );
  },
  FILL: fill,
};

function sum(values: readonly number[]): number {
  return values.reduce((one, other) => one + other, 0);
}

function deviation(values: readonly number[]): number {
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length);
}

function each(compute: (value: number) => number): MathFunction {
  return ([operand, ...more]) => {
    if (operand === undefined || more.length > 0)
      throw new MathError("a function of one operand has none or several");
    if (operand.kind === "number") return scalar(compute(operand.value));
    if (operand.kind === "series") return mapped(operand, compute);
    if (operand.kind === "list") {
      return { kind: "list", series: operand.series.map((one) => mapped(one, compute)) };
    }
    throw new MathError("a function of numbers was given a text");
  };
}

function mapped(one: Series, compute: (value: number) => number): Series {
  return series(
    one,
    [...one.values].map(([atMs, value]) => [atMs, compute(value)]),
  );
}

/** Of one series: a number. Of several: a series. */
function reduced(compute: (values: readonly number[]) => number): MathFunction {
  return (operands) => {
    const [first] = operands;
    if (operands.length === 1 && first?.kind === "series") return scalar(compute([...first.values.values()]));
    const all = operands.flatMap((operand) => seriesOf(operand));
    const like = all[0];
    if (like === undefined) {
      const numbers = operands.filter((operand): operand is Scalar => operand.kind === "number");
      if (numbers.length > 0) return scalar(compute(numbers.map(({ value }) => value)));
      throw new MathError("a function of several time series was given none");
    }
    const times = [...new Set(all.flatMap(({ values }) => [...values.keys()]))].toSorted(
      (one, other) => one - other,
    );
    return series(
      like,
      times.map((atMs) => [atMs, compute(valuesAt(all, atMs))]),
    );
  };
}

function seriesOf(operand: Operand): readonly Series[] {
  if (operand.kind === "series") return [operand];
  if (operand.kind === "list") return operand.series;
  if (operand.kind === "number") return [];
  throw new MathError("a function of numbers was given a text");
}

function valuesAt(all: readonly Series[], atMs: number): readonly number[] {
  return all.flatMap(({ values }) => values.get(atMs) ?? []);
}

function eachSeries(name: string, change: (one: Series) => Series): MathFunction {
  return ([operand, ...more]) => {
    if (more.length === 0 && operand?.kind === "series") return change(operand);
    if (more.length === 0 && operand?.kind === "list") {
      return { kind: "list", series: operand.series.map(change) };
    }
    throw new MathError(`${name} takes one time series`);
  };
}

function differences({ values }: Series, divisor: (spanMs: number) => number): ReadonlyMap<number, number> {
  const points = [...values];
  return new Map(
    points.slice(1).map(([atMs, value], index) => {
      const [beforeMs = atMs, before = value] = points[index] ?? [];
      return [atMs, (value - before) / divisor(atMs - beforeMs)];
    }),
  );
}

function runningSum(one: Series): Series {
  let total = 0;
  return series(
    one,
    [...one.values].map(([atMs, value]) => [atMs, (total += value)]),
  );
}

function fill([operand, filling, ...more]: readonly Operand[], timeline: Timeline): MathValue {
  if (operand === undefined || filling === undefined || more.length > 0) {
    throw new MathError("FILL takes time series, and a number, a time series, REPEAT or LINEAR");
  }
  if (operand.kind === "list") {
    return { kind: "list", series: operand.series.map((one) => filled(one, filling, timeline)) };
  }
  if (operand.kind === "series") return filled(operand, filling, timeline);
  throw new MathError("FILL takes time series first");
}

function filled(one: Series, filling: Operand, timeline: Timeline): Series {
  const gap = fillerOf(one, filling);
  const times = timeline(one.periodMs);
  return series(
    one,
    times.flatMap((atMs) => {
      const value = one.values.get(atMs) ?? gap(atMs);
      return value === undefined ? [] : [[atMs, value] as const];
    }),
  );
}

/** The value for a time without one; times come in order. */
function fillerOf(one: Series, filling: Operand): (atMs: number) => number | undefined {
  if (filling.kind === "number") return () => filling.value;
  if (filling.kind === "series") return (atMs) => filling.values.get(atMs);
  const word =
    filling.kind === "word" || filling.kind === "text" ? filling.value.toUpperCase() : nameOf(filling);
  if (word !== "REPEAT" && word !== "LINEAR") {
    throw new MathError(`FILL fills with a number, a time series, REPEAT or LINEAR, not with ${word}`);
  }
  const points = [...one.values];
  let next = 0;
  return (atMs) => {
    while ((points[next]?.[0] ?? Infinity) < atMs) next += 1;
    const [before, after] = [points[next - 1], points[next]];
    if (before === undefined) return undefined;
    if (word === "REPEAT" || after === undefined) return before[1];
    return before[1] + ((after[1] - before[1]) * (atMs - before[0])) / (after[0] - before[0]);
  };
}
