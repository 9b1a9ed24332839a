// Checks one string or number against its constraint and says in half sentences what is wrong and what would be right.
import type { Constraint } from "./constraints.ts";
import { quote } from "./violation.ts";
import type { Violation } from "./violation.ts";

/** A violation before it is known where; not mistyped unless it says so. */
export type Finding = Omit<Violation, "path" | "isMistyped"> & { readonly isMistyped?: boolean };

/**
 * Number of Unicode characters (code points) in a well-formed text, which is what the API model's lengths count:
 * "é" composed is 1, an emoji outside the basic plane is 1 although JavaScript's `length` says 2.
 */
export function characterCount(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) count -= 1;
  }
  return count;
}

/** Length before pattern, so that a pattern never sees more text than the model allows. */
export function checkText(
  text: string,
  constraint: Constraint | undefined,
  isSensitive: boolean,
): Finding | undefined {
  if (!text.isWellFormed()) {
    return { wrong: "holds half of a surrogate pair", right: "must be valid Unicode", isMistyped: true };
  }
  const { min = 0, max = Infinity, pattern, values } = constraint ?? {};
  const shown = isSensitive ? "is malformed" : `is ${quote(text)}`;
  if (values !== undefined && !values.includes(text)) {
    return { wrong: shown, right: `must be ${values.length === 1 ? "" : "one of "}${values.join(", ")}` };
  }
  const count = characterCount(text);
  if (count < min || count > max) {
    return { wrong: `has ${count} character${count === 1 ? "" : "s"}`, right: `must have ${span(min, max)}` };
  }
  if (pattern !== undefined && !pattern.regex.test(text))
    return { wrong: shown, right: `must ${pattern.says}` };
  return undefined;
}

const limits = { integer: [-(2 ** 31), 2 ** 31 - 1], long: [-(2 ** 53) + 1, 2 ** 53 - 1] } as const;

export function checkNumber(
  value: number,
  constraint: Constraint | undefined,
  type: "integer" | "long",
): Finding | undefined {
  const [lowest, highest] = limits[type];
  if (!Number.isInteger(value))
    return { wrong: `is ${value}`, right: "must be an integer", isMistyped: true };
  if (value < lowest || value > highest) {
    return { wrong: `is ${value}`, right: `must be ${span(lowest, highest)}`, isMistyped: true };
  }
  const { min = -Infinity, max = Infinity } = constraint ?? {};
  if (value >= min && value <= max) return undefined;
  return { wrong: `is ${value}`, right: `must be ${span(min, max)}` };
}

function span(min: number, max: number): string {
  if (max === Infinity) return `at least ${min}`;
  if (min === max) return `exactly ${min}`;
  return min <= 0 && max > 0 && max !== 2 ** 31 - 1 ? `at most ${max}` : `${min} to ${max}`;
}
