/**
 * The regular expressions of filter patterns: characters, classes, repetitions, `|`, `^` and `$`, no groups (CloudWatch
 * Logs, "Supported regular expressions"). They run as an automaton: a text costs its length, whatever the expression.
 */
import { Automaton, type Branch, type CharacterTest, type Piece } from "./automaton.ts";
import { PatternText } from "./pattern-text.ts";

export interface Regex {
  readonly matches: (text: string) => boolean;
  /** Texts that are in everything that matches. */
  readonly required: readonly string[];
}

const REPEAT_MAX = 255;
/** Characters and classes, each as often as it may be repeated. */
const STATES_MAX = 2000;
const PLAIN = /[A-Za-z0-9:_#=@/;, -]/y;
const CLASSES: Readonly<Record<string, CharacterTest>> = {
  d: isDigit,
  D: (code) => !isDigit(code),
  s: isBlank,
  S: (code) => !isBlank(code),
  w: isWord,
  W: (code) => !isWord(code),
};
const ANY: CharacterTest = () => true;

/** `startsAt`: where the expression begins in the pattern, for refusals. */
export function parseRegex(source: string, pattern: string, startsAt: number): Regex {
  const text = new PatternText(pattern.slice(0, startsAt + source.length), startsAt);
  if (text.isAtEnd) throw text.refusal("the regular expression is empty");
  const branches = [parseBranch(text)];
  while (text.has("|")) branches.push(parseBranch(text));
  if (!text.isAtEnd) throw text.refusal(`a regular expression must not hold ${JSON.stringify(here(text))}`);
  if (statesOf(branches) > STATES_MAX) throw text.refusal("the regular expression is too large", startsAt);
  const automaton = new Automaton(branches);
  return {
    matches: (line) => automaton.finds(line),
    required: branches.length === 1 ? literalRuns(branches[0]?.pieces ?? []) : [],
  };
}

interface ReadPiece extends Piece {
  /** The one character that it stands for. */
  readonly literal?: string;
}

interface ReadBranch extends Branch {
  readonly pieces: readonly ReadPiece[];
}

function parseBranch(text: PatternText): ReadBranch {
  const isAtStart = text.has("^");
  const pieces: ReadPiece[] = [];
  while (!text.isAtEnd && !text.isHere("|") && !text.isHere("$")) pieces.push(parsePiece(text));
  return { isAtStart, isAtEnd: text.has("$"), pieces };
}

function parsePiece(text: PatternText): ReadPiece {
  const atom = parseAtom(text);
  return { ...atom, ...parseRepetition(text) };
}

function parseAtom(text: PatternText): Pick<ReadPiece, "test" | "literal"> {
  if (text.has(".")) return { test: ANY };
  if (text.isHere("[")) return { test: parseClass(text) };
  if (text.has("\\")) return parseEscape(text);
  const literal = text.take(PLAIN);
  if (literal === null) {
    throw text.refusal(`a regular expression must not hold ${JSON.stringify(here(text))} here`);
  }
  return literalAtom(literal);
}

function parseEscape(text: PatternText): Pick<ReadPiece, "test" | "literal"> {
  const hex = text.take(/x[0-9A-Fa-f]{2}/y);
  if (hex !== null) return literalAtom(String.fromCharCode(Number.parseInt(hex.slice(1), 16)));
  const name = text.take(/[\u0020-\u007E]/y);
  if (name === null) throw text.refusal("a backslash must stand before a character");
  if (name === "t") return literalAtom("\t");
  if (name === "n") return literalAtom("\n");
  const test = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  if (test !== undefined) return { test };
  if (/[A-Za-z0-9]/.test(name)) throw text.refusal(`\\${name} is not known`, text.at - 2);
  return literalAtom(name);
}

function literalAtom(literal: string): Pick<ReadPiece, "test" | "literal"> {
  const code = literal.charCodeAt(0);
  return { test: (other) => other === code, literal };
}

function parseClass(text: PatternText): CharacterTest {
  const opensAt = text.at;
  text.expect("[", "");
  const isNegated = text.has("^");
  const tests: CharacterTest[] = [];
  while (!text.has("]")) {
    if (text.isAtEnd) throw text.refusal("the [ here has no ]", opensAt);
    tests.push(parseClassItem(text));
  }
  if (tests.length === 0) throw text.refusal("the class is empty", opensAt);
  return (code) => tests.some((test) => test(code)) !== isNegated;
}

function parseClassItem(text: PatternText): CharacterTest {
  const first = parseClassCharacter(text);
  if (first.literal === undefined || !text.take(/-(?=[^\]])/y)) return first.test;
  const last = parseClassCharacter(text);
  if (last.literal === undefined) throw text.refusal("a range must end with a character");
  const [from, to] = [first.literal.charCodeAt(0), last.literal.charCodeAt(0)];
  if (from > to) throw text.refusal(`the range ${first.literal}-${last.literal} is empty`);
  return (code) => code >= from && code <= to;
}

/** Within brackets most operators are plain characters. */
function parseClassCharacter(text: PatternText): Pick<ReadPiece, "test" | "literal"> {
  if (text.has("\\")) return parseEscape(text);
  const literal = text.take(/[\u0020-\u007E]/y);
  if (literal === null) throw text.refusal("a class may hold ASCII characters only");
  return literalAtom(literal);
}

function parseRepetition(text: PatternText): Pick<Piece, "min" | "max"> {
  const repetition = readRepetition(text);
  if (text.take(/[*+?{]/y) !== null) throw text.refusal("a repetition cannot be repeated", text.at - 1);
  return repetition;
}

function readRepetition(text: PatternText): Pick<Piece, "min" | "max"> {
  if (text.has("*")) return { min: 0, max: Infinity };
  if (text.has("+")) return { min: 1, max: Infinity };
  if (text.has("?")) return { min: 0, max: 1 };
  return text.isHere("{") ? countedRepetition(text) : { min: 1, max: 1 };
}

function countedRepetition(text: PatternText): Pick<Piece, "min" | "max"> {
  const opensAt = text.at;
  const counts = /^\{(\d{0,3})(,? ?)(\d{0,3})\}$/.exec(text.take(/\{[\d, ]*\}/y) ?? "");
  const [, low = "", comma = "", high = ""] = counts ?? [];
  if (low === "" && high === "") throw text.refusal("write {m}, {m,} or {m,n}", opensAt);
  const min = Number(low);
  const max = comma === "" ? min : high === "" ? Infinity : Number(high);
  if (min > REPEAT_MAX || (max !== Infinity && max > REPEAT_MAX) || max < min) {
    throw text.refusal(`a repetition must be 0 to ${REPEAT_MAX}, the smaller number first`, opensAt);
  }
  return { min, max };
}

function statesOf(branches: readonly Branch[]): number {
  const sizes = branches.flatMap(({ pieces }) =>
    pieces.map(({ min, max }) => (max === Infinity ? min + 1 : max)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Characters that stand one behind the other, each exactly once. */
function literalRuns(pieces: readonly ReadPiece[]): readonly string[] {
  const marked = pieces.map(({ literal, min, max }) => (min === 1 && max === 1 ? literal : undefined));
  const runs: string[] = [""];
  for (const literal of marked) {
    if (literal === undefined) runs.push("");
    else runs[runs.length - 1] += literal;
  }
  return runs.filter((run) => run.trim() !== "");
}

function here(text: PatternText): string {
  return text.text.slice(text.at, text.at + 1);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isWord(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
}
