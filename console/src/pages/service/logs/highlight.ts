/**
 * What of a line a filter pattern has found: its words, texts and expressions. The control plane decides which lines match; this
 * only shows why, so what it does not understand it leaves unmarked.
 */

export interface TextRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Longer lines are looked at so far only, and so many marks are enough: an expression of a user may be slow. */
const LENGTH_MAX = 4_000;
const MARKS_MAX = 50;
const TERM = /(?<not>-)?\??(?:"(?<text>(?:[^"\\]|\\.)*)"|%(?<expression>[^%]+)%|(?<word>[^\s"%]+))/gu;
const VALUE = /(?:=|!=)\s*(?:"(?<text>(?:[^"\\]|\\.)*)"|%(?<expression>[^%]+)%|(?<word>[\w.*-]+))/gu;

/** What to look for in lines; empty for a pattern that says nothing about texts. */
export function findersOf(pattern: string): readonly RegExp[] {
  const trimmed = pattern.trim();
  const isStructured = trimmed.startsWith("{") || trimmed.startsWith("[");
  return [...trimmed.matchAll(isStructured ? VALUE : TERM)].flatMap((found) => {
    const { not, text, expression, word } = found.groups ?? {};
    if (not !== undefined || found[0].startsWith("!=")) return [];
    if (expression !== undefined) return compiled(expression);
    if (text !== undefined) return compiled(escaped(text.replaceAll(/\\(.)/gu, "$1")));
    if (word === undefined) return [];
    return compiled(isStructured ? escaped(word) : `(?<![A-Za-z0-9])${escaped(word)}(?![A-Za-z0-9])`);
  });
}

/** Ranges in order, none touching another. */
export function findRanges(text: string, finders: readonly RegExp[]): readonly TextRange[] {
  if (finders.length === 0) return [];
  const looked = text.slice(0, LENGTH_MAX);
  const found = finders.flatMap((finder) => [...take(looked.matchAll(finder), MARKS_MAX)]);
  return merged(found);
}

function* take(matches: Iterable<RegExpExecArray>, most: number): Generator<TextRange> {
  let count = 0;
  for (const match of matches) {
    if (match[0] !== "") yield { start: match.index, end: match.index + match[0].length };
    if (++count >= most) return;
  }
}

function merged(ranges: readonly TextRange[]): readonly TextRange[] {
  const joined: TextRange[] = [];
  for (const range of [...ranges].sort((left, right) => left.start - right.start)) {
    const last = joined.at(-1);
    if (last !== undefined && range.start <= last.end) {
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else {
      joined.push(range);
    }
  }
  return joined;
}

/** `*` stands for anything in values; in a mark it is just where the known part ends. */
function escaped(text: string): string {
  return text.replaceAll(/^\*|\*$/gu, "").replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}

function compiled(source: string): readonly RegExp[] {
  if (source === "") return [];
  try {
    return [new RegExp(source, "g")];
  } catch {
    return [];
  }
}

export interface MarkedPart {
  readonly text: string;
  /** Where in the line it begins. */
  readonly offset: number;
  readonly isFound: boolean;
}

/** A part of a line, cut where marks begin and end. `offset`: where in the line it begins. */
export function markPart(text: string, offset: number, ranges: readonly TextRange[]): readonly MarkedPart[] {
  const parts: MarkedPart[] = [];
  const end = offset + text.length;
  let at = offset;
  const add = (until: number, isFound: boolean) => {
    if (until > at) parts.push({ text: text.slice(at - offset, until - offset), offset: at, isFound });
    at = Math.max(at, until);
  };
  for (const range of ranges) {
    if (range.end <= at || range.start >= end) continue;
    add(Math.min(range.start, end), false);
    add(Math.min(range.end, end), true);
  }
  add(end, false);
  return parts;
}
