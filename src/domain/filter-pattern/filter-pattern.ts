/**
 * CloudWatch Logs' filter patterns: which lines of a log somebody wants. Terms, JSON conditions or fields, told apart by
 * the first character. What is compiled costs time in the length of a line, whatever the pattern.
 */
import type { FilterPattern } from "./compiled-pattern.ts";
import { parseFieldsPattern } from "./fields-pattern.ts";
import { parseJsonPattern } from "./json-pattern.ts";
import { PatternText } from "./pattern-text.ts";
import { parseTermsPattern } from "./terms-pattern.ts";

export type { FilterPattern };

/** Throws MalformedFilterPattern, which says at which character. An empty pattern matches everything. */
export function compileFilterPattern(pattern: string): FilterPattern {
  const text = new PatternText(pattern);
  text.skipBlanks();
  const compiled = parse(text);
  text.skipBlanks();
  if (!text.isAtEnd) throw text.refusal("nothing may follow the pattern");
  const { required, matches } = compiled;
  // What the store passes over must be what this passes over.
  return {
    ...compiled,
    matches: (line) => required.every((literal) => line.includes(literal)) && matches(line),
  };
}

function parse(text: PatternText): FilterPattern {
  if (text.isHere("{")) return parseJsonPattern(text);
  return text.isHere("[") ? parseFieldsPattern(text) : parseTermsPattern(text);
}
