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

const BEGINS_LIKE_WORD = /^[\p{L}\p{N}]/u;
const ENDS_LIKE_WORD = /[\p{L}\p{N}]$/u;

function word(wanted: string): Regex {
  const mayTouchBefore = !BEGINS_LIKE_WORD.test(wanted);
  const mayTouchBehind = !ENDS_LIKE_WORD.test(wanted);
  const isFree = (line: string, at: number) =>
    (mayTouchBefore || !ENDS_LIKE_WORD.test(line.slice(Math.max(0, at - 2), at))) &&
    (mayTouchBehind || !BEGINS_LIKE_WORD.test(line.slice(at + wanted.length, at + wanted.length + 2)));
  return {
    required: [wanted],
    matches: (line) => {
      for (let at = line.indexOf(wanted); at !== -1; at = line.indexOf(wanted, at + 1)) {
        if (isFree(line, at)) return true;
      }
      return false;
    },
  };
}
