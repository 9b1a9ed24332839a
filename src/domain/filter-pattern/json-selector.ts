/** `$.a.b[0]`, `$.*`, `$.list[*].name`, `$['with.dot']`: which values of a JSON object a condition is about. */
import { type PatternText, unescaped } from "./pattern-text.ts";

/** A member's name, an element's number, or all of them. */
type Step = { readonly name: string } | { readonly index: number } | "all";

export interface Selector {
  /** As it was written. */
  readonly text: string;
  /** What it leads to in a value; nothing where a step finds nothing. */
  readonly select: (value: unknown) => readonly unknown[];
  /** Member names that a line must contain for it to lead anywhere. */
  readonly required: readonly string[];
  readonly hasWildcard: boolean;
}

const NAME = /[\p{L}\p{N}_-]+/uy;
/** Nobody writes these as escapes. */
const PLAIN_NAME = /^[A-Za-z0-9_-]+$/;

export function parseSelector(text: PatternText): Selector {
  const startsAt = text.at;
  text.expect("$", "before the property, as in $.name");
  const steps: Step[] = [];
  for (let step = parseStep(text); step !== null; step = parseStep(text)) steps.push(step);
  if (steps.length === 0) throw text.refusal("a property is missing, as in $.name");
  const wildcards = steps.filter((step) => step === "all").length;
  if (wildcards > 1) throw text.refusal("a property may hold one wildcard", startsAt);
  return {
    text: text.text.slice(startsAt, text.at),
    select: (value) => steps.reduce<readonly unknown[]>((found, step) => follow(found, step), [value]),
    required: steps.flatMap((step) =>
      step !== "all" && "name" in step && PLAIN_NAME.test(step.name) ? [step.name] : [],
    ),
    hasWildcard: wildcards > 0,
  };
}

function parseStep(text: PatternText): Step | null {
  if (text.has(".")) return text.isHere("[") ? parseBrackets(text) : parseName(text);
  return text.isHere("[") ? parseBrackets(text) : null;
}

function parseName(text: PatternText): Step {
  if (text.has("*")) return "all";
  const name = text.take(NAME);
  if (name === null) throw text.refusal("a property's name is missing");
  return { name };
}

function parseBrackets(text: PatternText): Step {
  text.expect("[", "");
  const step = parseElement(text);
  text.expect("]", "behind the element");
  return step;
}

function parseElement(text: PatternText): Step {
  if (text.has("*")) return "all";
  for (const mark of ["'", '"']) {
    if (text.isHere(mark)) return { name: unescaped(text.between(mark).body) };
  }
  const digits = text.take(/\d{1,9}/y);
  if (digits === null) throw text.refusal("in brackets must stand a number, * or a name in quotes");
  return { index: Number(digits) };
}

function follow(values: readonly unknown[], step: Step): readonly unknown[] {
  return values.flatMap((value) => {
    if (typeof value !== "object" || value === null) return [];
    if (step === "all") return Object.values(value);
    if ("index" in step) return Array.isArray(value) && step.index < value.length ? [value[step.index]] : [];
    return !Array.isArray(value) && Object.hasOwn(value, step.name)
      ? [(value as Readonly<Record<string, unknown>>)[step.name]]
      : [];
  });
}
