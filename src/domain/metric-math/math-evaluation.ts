/** Carries out an expression of metrics. What kind of value comes out never depends on the data. */
import { mathFunctions, type Operand, type Timeline } from "./math-functions.ts";
import type { BinaryOperator, MathTree } from "./math-syntax.ts";
import { MathError, type MathValue, nameOf, scalar, series, type Series } from "./math-value.ts";

export interface MathScope {
  /** The value of another query. Throws MathError when there is none. */
  readonly lookUp: (id: string) => MathValue;
  /** All queries that are metrics, in their order, with their ids. */
  readonly metrics: () => readonly { readonly id: string; readonly series: Series }[];
  readonly timeline: Timeline;
  /** Called with the points of each value before it is used. Throws MathError when it is too much. */
  readonly spend: (points: number) => void;
}

const MAX_LIST = 500;

const WORDS: ReadonlySet<string> = new Set(["REPEAT", "LINEAR"]);

const operators: Readonly<Record<BinaryOperator, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "^": (left, right) => left ** right,
  "==": (left, right) => Number(left === right),
  "!=": (left, right) => Number(left !== right),
  "<": (left, right) => Number(left < right),
  "<=": (left, right) => Number(left <= right),
  ">": (left, right) => Number(left > right),
  ">=": (left, right) => Number(left >= right),
  AND: (left, right) => Number(left !== 0 && right !== 0),
  OR: (left, right) => Number(left !== 0 || right !== 0),
};

/** Throws MathError. */
export function evaluateMath(tree: MathTree, scope: MathScope): MathValue {
  const value = valueOf(tree, scope);
  if (value.kind === "series") scope.spend(1 + value.values.size);
  if (value.kind === "list") scope.spend(value.series.reduce((sum, { values }) => sum + 1 + values.size, 0));
  return value;
}

function valueOf(tree: MathTree, scope: MathScope): MathValue {
  if (tree.kind === "number") return scalar(tree.value);
  if (tree.kind === "text") throw new MathError("has a text where a value should be");
  if (tree.kind === "id") return scope.lookUp(tree.id);
  if (tree.kind === "call") return call(tree.name, tree.operands, scope);
  if (tree.kind === "negation") return combine("-", scalar(0), evaluateMath(tree.operand, scope));
  if (tree.kind === "operation") {
    return combine(tree.operator, evaluateMath(tree.left, scope), evaluateMath(tree.right, scope));
  }
  return { kind: "list", series: listed(tree.items, scope) };
}

/** Lists of lists of lists would grow beyond any memory. */
function listed(items: readonly MathTree[], scope: MathScope): readonly Series[] {
  const all: Series[] = [];
  for (const item of items) {
    all.push(...elementsOf(evaluateMath(item, scope)));
    if (all.length > MAX_LIST) throw new MathError(`has a list of more than ${MAX_LIST} time series`);
  }
  return all;
}

function elementsOf(value: MathValue): readonly Series[] {
  if (value.kind === "number") throw new MathError("has a number in a list of time series");
  return value.kind === "series" ? [value] : value.series;
}

function call(name: string, operands: readonly MathTree[], scope: MathScope): MathValue {
  if (name === "METRICS") return metricsNamed(operands, scope);
  if (name === "IF") return choose(operands.map((operand) => evaluateMath(operand, scope)));
  const known = Object.hasOwn(mathFunctions, name) ? mathFunctions[name] : undefined;
  if (known === undefined) {
    const names = [...Object.keys(mathFunctions), "IF", "METRICS"].toSorted().join(", ");
    throw new MathError(`calls ${name.slice(0, 40)}, which is not available here; there are ${names}`);
  }
  return known(
    operands.map((operand) => operandOf(operand, scope)),
    scope.timeline,
  );
}

function operandOf(tree: MathTree, scope: MathScope): Operand {
  if (tree.kind === "text") return tree;
  if (tree.kind === "id" && WORDS.has(tree.id.toUpperCase())) return { kind: "word", value: tree.id };
  return evaluateMath(tree, scope);
}

/** METRICS() is all of them, METRICS("errors") those whose id holds the text. */
function metricsNamed([part, ...more]: readonly MathTree[], scope: MathScope): MathValue {
  if (more.length > 0 || (part !== undefined && part.kind !== "text")) {
    throw new MathError("has METRICS with something other than one text in it");
  }
  const chosen = scope.metrics().filter(({ id }) => part === undefined || id.includes(part.value));
  return { kind: "list", series: chosen.map(({ series: one }) => one) };
}

/** Where both are series, a point is where both have one. With several series, each of them by itself. */
function combine(operator: BinaryOperator, left: MathValue, right: MathValue): MathValue {
  const compute = operators[operator];
  if (left.kind === "number" && right.kind === "number") return scalar(compute(left.value, right.value));
  if (left.kind === "list" && right.kind === "list") {
    throw new MathError(`has ${nameOf(left)} on both sides of ${operator}; one side must be one`);
  }
  if (left.kind === "list") {
    return { kind: "list", series: left.series.map((one) => combined(compute, one, right)) };
  }
  if (right.kind === "list") {
    return { kind: "list", series: right.series.map((one) => combined(compute, left, one)) };
  }
  return combined(compute, left, right);
}

function combined(
  compute: (left: number, right: number) => number,
  left: MathValue,
  right: MathValue,
): Series {
  const base = left.kind === "series" ? left : right;
  if (base.kind !== "series") throw new TypeError("neither side is a series");
  const at = (value: MathValue, atMs: number) =>
    value.kind === "series" ? value.values.get(atMs) : value.kind === "number" ? value.value : undefined;
  return series(
    base,
    [...base.values.keys()].flatMap((atMs) => {
      const [one, other] = [at(left, atMs), at(right, atMs)];
      return one === undefined || other === undefined ? [] : [[atMs, compute(one, other)] as const];
    }),
  );
}

/** IF(condition, then, else): without else there is no value where the condition is not met. */
function choose(operands: readonly MathValue[]): MathValue {
  const [condition, then, otherwise, ...more] = operands;
  if (condition === undefined || then === undefined || more.length > 0)
    throw new MathError("has IF with other than two or three operands");
  if (operands.some(({ kind }) => kind === "list"))
    throw new MathError("has IF with several time series in it");
  const base = operands.find((operand) => operand.kind === "series");
  if (base === undefined || base.kind !== "series") {
    return condition.kind === "number" && condition.value !== 0 ? then : (otherwise ?? scalar(0));
  }
  const at = (value: MathValue | undefined, atMs: number) =>
    value?.kind === "series" ? value.values.get(atMs) : value?.kind === "number" ? value.value : undefined;
  const times = new Set(
    operands.flatMap((operand) => (operand.kind === "series" ? [...operand.values.keys()] : [])),
  );
  const ordered = [...times].toSorted((one, other) => one - other);
  return series(
    base,
    ordered.flatMap((atMs) => {
      const met = at(condition, atMs);
      const value = met === undefined ? undefined : at(met === 0 ? otherwise : then, atMs);
      return value === undefined ? [] : [[atMs, value] as const];
    }),
  );
}
