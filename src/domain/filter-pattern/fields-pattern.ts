/** `[ip, user, ..., status = 4*, bytes > 1000]`: conditions on the fields of a line, which blanks separate. */
import { parseComparison } from "./comparison.ts";
import { type Condition, parseCondition } from "./condition.ts";
import type { FilterPattern } from "./compiled-pattern.ts";
import { fieldsOf } from "./line-fields.ts";
import type { PatternText } from "./pattern-text.ts";

interface Field {
  readonly name: string;
  /** Null: any value. */
  readonly condition: Condition<string> | null;
}

interface Layout {
  /** Those before `...`, or all. */
  readonly head: readonly Field[];
  /** Those behind it; null without. */
  readonly tail: readonly Field[] | null;
}

const NAME = /[A-Za-z_]\w*/y;
const BARE = /[^\s,()&|\]"%]+/y;

export function parseFieldsPattern(text: PatternText): FilterPattern {
  text.expect("[", "");
  const layout = parseLayout(text);
  const all = [...layout.head, ...(layout.tail ?? [])];
  return {
    required: [...new Set(all.flatMap(({ condition }) => condition?.required ?? []))],
    matches: (line) => {
      const values = assign(layout, line);
      return values?.every(([{ condition }, value]) => condition?.holds(value) ?? true) ?? false;
    },
    valuesIn: (line) =>
      Object.fromEntries((assign(layout, line) ?? []).map(([{ name }, value]) => [`$${name}`, value])),
  };
}

function parseLayout(text: PatternText): Layout {
  const head: Field[] = [];
  let tail: Field[] | null = null;
  text.skipBlanks();
  if (text.has("]")) return { head, tail: [] };
  do {
    text.skipBlanks();
    if (!text.has("...")) (tail ?? head).push(parseField(text));
    else if (tail === null) tail = [];
    else throw text.refusal("a pattern may hold one ...", text.at - 3);
    text.skipBlanks();
  } while (text.has(","));
  text.expect("]", "at the end, or a comma behind the field");
  return { head, tail };
}

function parseField(text: PatternText): Field {
  const plain = text.take(/[A-Za-z_]\w*(?=\s*[,\]])/y);
  if (plain !== null) return { name: plain, condition: null };
  const name = /^[(\s]*([A-Za-z_]\w*)/.exec(text.text.slice(text.at))?.[1];
  if (name === undefined) throw text.refusal("a field's name is missing");
  return { name, condition: parseCondition(text, () => parseSingle(text, name)) };
}

function parseSingle(text: PatternText, name: string): Condition<string> {
  const startsAt = text.at;
  const given = text.take(NAME);
  if (given !== name) {
    throw text.refusal(`a condition of the field ${name} must begin with its name`, startsAt);
  }
  text.skipBlanks();
  return parseComparison(text, BARE);
}

/**
 * Each field with its value; null where the line does not have as many. A last field without a condition takes all that
 * is left.
 */
function assign({ head, tail }: Layout, line: string): readonly (readonly [Field, string])[] | null {
  const values = fieldsOf(line);
  const count = head.length + (tail?.length ?? 0);
  if (values.length < count) return null;
  if (tail !== null) return [...pair(head, values), ...pair(tail, values.slice(values.length - tail.length))];
  if (values.length === count) return pair(head, values);
  if (head.at(-1)?.condition !== null) return null;
  const rest = values.slice(count - 1).join(" ");
  return pair(head, [...values.slice(0, count - 1), rest]);
}

function pair(fields: readonly Field[], values: readonly string[]): readonly (readonly [Field, string])[] {
  return fields.map((field, index) => [field, values[index] ?? ""] as const);
}
