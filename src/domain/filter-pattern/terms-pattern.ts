/**
 * `ERROR "took too long" -debug`: what a line must contain and must not. A term without quotes is a word: no letter or
 * digit may stand directly before or behind it. One in quotes is a text that may stand anywhere. Letter for letter.
 */
import type { FilterPattern } from "./compiled-pattern.ts";
import { type PatternText, unescaped } from "./pattern-text.ts";
import { parseRegex, type Regex } from "./regex.ts";

type Kind = "included" | "excluded" | "optional";
type Term = Regex & { readonly kind: Kind };

const KINDS: Readonly<Record<string, Kind>> = { "-": "excluded", "?": "optional" };

export function parseTermsPattern(text: PatternText): FilterPattern {
  const terms: Term[] = [];
  for (text.skipBlanks(); !text.isAtEnd; text.skipBlanks()) terms.push(parseTerm(text));
  const of = (kind: Kind) => terms.filter((term) => term.kind === kind);
  const [included, excluded, optional] = [of("included"), of("excluded"), of("optional")];
  const isAny = optional.length === terms.length && terms.length > 0;
  return {
    required: included.flatMap(({ required }) => required),
    matches: (line) =>
      isAny
        ? optional.some(({ matches }) => matches(line))
        : included.every(({ matches }) => matches(line)) && !excluded.some(({ matches }) => matches(line)),
    valuesIn: () => ({}),
  };
}

function parseTerm(text: PatternText): Term {
  const mark = text.take(/[-?](?=\S)/y);
  return { kind: KINDS[mark ?? ""] ?? "included", ...parseBody(text) };
}

function parseBody(text: PatternText): Regex {
  if (text.isHere('"')) return phrase(unescaped(text.between('"').body));
  if (text.isHere("%")) {
    const { body, startsAt } = text.between("%");
    return parseRegex(body, text.text, startsAt);
  }
  return word(text.take(/\S+/y) ?? "");
}

/** Blanks alone are in everything. */
function phrase(wanted: string): Regex {
  if (wanted.trim() === "") return { matches: () => true, required: [] };
  return { matches: (line) => line.includes(wanted), required: [wanted] };
}

const WORD_CHARACTER = String.raw`[\p{L}\p{N}]`;
const BEGINS_LIKE_WORD = new RegExp(`^${WORD_CHARACTER}`, "u");
const ENDS_LIKE_WORD = new RegExp(`${WORD_CHARACTER}$`, "u");

/** An expression passes over a word that stands within others ten times faster than a loop of ours: lines may be full of it. */
function word(wanted: string): Regex {
  const before = BEGINS_LIKE_WORD.test(wanted) ? `(?<!${WORD_CHARACTER})` : "";
  const behind = ENDS_LIKE_WORD.test(wanted) ? `(?!${WORD_CHARACTER})` : "";
  const alone = new RegExp(before + wanted.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`) + behind, "u");
  return { required: [wanted], matches: (line) => line.includes(wanted) && alone.test(line) };
}
