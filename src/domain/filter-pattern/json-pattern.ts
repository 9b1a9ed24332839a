/** `{ $.level = "error" && $.status >= 500 }`: conditions on a line that is one JSON object or list. */
import { parseComparison, type Value } from "./comparison.ts";
import { type Condition, parseCondition } from "./condition.ts";
import type { FilterPattern } from "./compiled-pattern.ts";
import { parseSelector, type Selector } from "./json-selector.ts";
import type { PatternText } from "./pattern-text.ts";

const WILDCARDS_MAX = 3;
const BARE = /[^\s()&|{}"%]+/y;
const IS_VALUES = { NULL: null, TRUE: true, FALSE: false } as const;
/** Letters, digits and what else no encoder of JSON writes as an escape. */
const PLAIN_RUNS = /[A-Za-z0-9_.:,; -]+/g;

export function parseJsonPattern(text: PatternText): FilterPattern {
  const selectors: Selector[] = [];
  text.expect("{", "");
  const condition = parseCondition(text, () => parseSingle(text, selectors));
  text.skipBlanks();
  text.expect("}", "at the end");
  if (selectors.filter(({ hasWildcard }) => hasWildcard).length > WILDCARDS_MAX) {
    throw text.refusal(`a pattern may hold ${WILDCARDS_MAX} wildcards in its properties`, 0);
  }
  return {
    required: condition.required,
    matches: (line) => {
      const value = parseObject(line);
      return value !== null && condition.holds(value);
    },
    valuesIn: (line) => valuesOf(parseObject(line), selectors),
  };
}

function parseSingle(text: PatternText, selectors: Selector[]): Condition<object> {
  const selector = parseSelector(text);
  selectors.push(selector);
  text.skipBlanks();
  if (text.take(/NOT\s+EXISTS\b/y) !== null) {
    return { holds: (line) => selector.select(line).length === 0, required: [] };
  }
  const { holds, required } = parseTest(text);
  return {
    holds: (line) => selector.select(line).some((value) => holds(value)),
    required: [...selector.required, ...required],
  };
}

/** What one of the selected values must fulfil. */
function parseTest(text: PatternText): Condition<unknown> {
  if (text.take(/EXISTS\b/y) !== null) return { holds: () => true, required: [] };
  if (text.take(/IS\b/y) !== null) return parseIs(text);
  const { holds, required } = parseComparison(text, BARE);
  return {
    holds: (value) => {
      const scalar = scalarOf(value);
      return scalar !== null && holds(scalar);
    },
    required: required.flatMap((literal) => literal.match(PLAIN_RUNS) ?? []),
  };
}

function parseIs(text: PatternText): Condition<unknown> {
  text.skipBlanks();
  const name = text.take(/(?:NULL|TRUE|FALSE)\b/y);
  if (name === null) throw text.refusal("behind IS must stand TRUE, FALSE or NULL");
  const wanted = IS_VALUES[name as keyof typeof IS_VALUES];
  return { holds: (value) => value === wanted, required: [String(wanted)] };
}

/** Objects and lists have no value of their own, and neither has null. */
function scalarOf(value: unknown): Value | null {
  if (typeof value === "boolean") return String(value);
  return typeof value === "string" || typeof value === "number" ? value : null;
}

function valuesOf(line: object | null, selectors: readonly Selector[]): Readonly<Record<string, string>> {
  const found = selectors.flatMap(({ text, select }) => {
    const value = scalarOf(select(line)[0]);
    return value === null ? [] : [[text, String(value)] as const];
  });
  return Object.fromEntries(found);
}

function parseObject(line: string): object | null {
  if (!/^\s*[{[]/.test(line)) return null;
  try {
    return JSON.parse(line) as object;
  } catch {
    return null;
  }
}
