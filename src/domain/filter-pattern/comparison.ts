/** What a field is compared with: a text with `*` for anything, a number, or a regular expression. */
import { type PatternText, unescaped } from "./pattern-text.ts";
import { parseRegex } from "./regex.ts";

/** A field's value: a text as it stands, or a number of JSON. */
export type Value = string | number;

export interface Comparison {
  readonly holds: (value: Value) => boolean;
  /** Texts in every value for which it holds. */
  readonly required: readonly string[];
}

const OPERATOR = /!=|<=|>=|=|<|>/y;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** An operator and what stands behind it. `bare`: what a text without quotes may consist of. */
export function parseComparison(text: PatternText, bare: RegExp): Comparison {
  const operator = text.take(OPERATOR);
  if (operator === null) throw text.refusal("an operator is missing: =, !=, <, <=, >, >=");
  text.skipBlanks();
  const isNegated = operator === "!=";
  if (!isNegated && operator !== "=") return numericComparison(text, operator, bare);
  const equality = parseEquality(text, bare);
  if (!isNegated) return equality;
  return { holds: (value) => !equality.holds(value), required: [] };
}

function numericComparison(text: PatternText, operator: string, bare: RegExp): Comparison {
  const startsAt = text.at;
  const given = text.take(bare) ?? "";
  if (!NUMBER.test(given)) throw text.refusal(`behind ${operator} must stand a number`, startsAt);
  const bound = Number(given);
  const holds = (value: number) =>
    operator === "<"
      ? value < bound
      : operator === "<="
        ? value <= bound
        : operator === ">"
          ? value > bound
          : value >= bound;
  return { holds: (value) => holds(numberOf(value)), required: [] };
}

function parseEquality(text: PatternText, bare: RegExp): Comparison {
  if (text.isHere("%")) {
    const { body, startsAt } = text.between("%");
    const { matches, required } = parseRegex(body, text.text, startsAt);
    return { holds: (value) => matches(String(value)), required };
  }
  if (text.isHere('"')) return textEquality(unescaped(text.between('"').body));
  const given = text.take(bare);
  if (given === null) throw text.refusal("a value is missing");
  return NUMBER.test(given) ? numberEquality(given) : textEquality(given);
}

function numberEquality(given: string): Comparison {
  const wanted = Number(given);
  return { holds: (value) => value === given || numberOf(value) === wanted, required: [] };
}

function textEquality(wanted: string): Comparison {
  const parts = wanted.split("*");
  const required = parts.filter((part) => part !== "");
  if (parts.length === 1) return { holds: (value) => String(value) === wanted, required };
  return { holds: (value) => hasParts(String(value), parts), required };
}

/** The first part at the beginning, the last at the end, the others between them in order. */
function hasParts(value: string, parts: readonly string[]): boolean {
  const [first = "", ...others] = parts;
  const last = others.pop() ?? "";
  if (!value.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = value.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}

function numberOf(value: Value): number {
  return typeof value === "number" ? value : NUMBER.test(value) ? Number(value) : Number.NaN;
}
