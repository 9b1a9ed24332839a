/** Conditions joined by `&&` and `||`, with parentheses; `&&` binds closer. */
import type { PatternText } from "./pattern-text.ts";

export interface Condition<Subject> {
  readonly holds: (subject: Subject) => boolean;
  /** Texts in every subject for which it holds. */
  readonly required: readonly string[];
}

/** Deeper nesting is refused; it also bounds the recursion. */
const DEPTH_MAX = 32;

export function parseCondition<Subject>(
  text: PatternText,
  parseSingle: (text: PatternText) => Condition<Subject>,
  depth = 0,
): Condition<Subject> {
  if (depth > DEPTH_MAX) throw text.refusal(`parentheses may be nested ${DEPTH_MAX} deep`);
  const parsePart = (): Condition<Subject> => {
    text.skipBlanks();
    if (!text.has("(")) return parseSingle(text);
    const inner = parseCondition(text, parseSingle, depth + 1);
    text.skipBlanks();
    text.expect(")", "behind the condition");
    return inner;
  };
  return anyOf(parseRow(text, "||", () => allOf(parseRow(text, "&&", parsePart))));
}

function parseRow<Part>(text: PatternText, between: string, parsePart: () => Part): readonly Part[] {
  const parts = [parsePart()];
  for (text.skipBlanks(); text.has(between); text.skipBlanks()) parts.push(parsePart());
  return parts;
}

function allOf<Subject>(parts: readonly Condition<Subject>[]): Condition<Subject> {
  return {
    holds: (subject) => parts.every((part) => part.holds(subject)),
    required: [...new Set(parts.flatMap(({ required }) => required))],
  };
}

function anyOf<Subject>(parts: readonly Condition<Subject>[]): Condition<Subject> {
  const [first, ...others] = parts.map(({ required }) => required);
  return {
    holds: (subject) => parts.some((part) => part.holds(subject)),
    required: (first ?? []).filter((literal) => others.every((required) => required.includes(literal))),
  };
}
