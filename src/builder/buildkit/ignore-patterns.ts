/**
 * Patterns of a `.dockerignore`: the last one that matches a path or a directory above it decides, `!` makes an
 * exception, `**` stands for any number of directories. Users write them, so that matching takes no more than
 * (pattern × path) steps, which are counted: no regular expressions.
 */
import { BuildError } from "../../ports/builder.ts";

const PATTERNS_MAX = 1_000;
/** Some 5 s. A thousand patterns for a thousand files take a tenth of it. */
const STEPS_MAX = 300_000_000;

interface Pattern {
  readonly isException: boolean;
  readonly segments: readonly Segment[];
}

/** Null: `**`. A text is taken literally; a list holds what stands for one character each, and `*`. */
type Segment = string | readonly string[] | null;

/** Which patterns matched a directory, so that what lies below needs no second look. */
export type ParentMatches = readonly boolean[];

export interface IgnoreVerdict {
  readonly isIgnored: boolean;
  readonly matches: ParentMatches;
}

export class IgnorePatterns {
  readonly #patterns: readonly Pattern[];
  readonly #counter = { steps: 0 };
  /** An ignored directory may hold something that is not. */
  readonly hasExceptions: boolean;

  /** Throws BuildError "configuration" when there are too many: one that is left out would let a secret through. */
  constructor(lines: readonly string[]) {
    this.#patterns = lines.map(parsePattern).filter((pattern) => pattern !== null);
    if (this.#patterns.length > PATTERNS_MAX)
      throw new BuildError("configuration", `.dockerignore: more than ${PATTERNS_MAX} patterns`);
    this.hasExceptions = this.#patterns.some(({ isException }) => isException);
  }

  /** What judging has taken so far: 20 million are about a third of a second. */
  get steps(): number {
    return this.#counter.steps;
  }

  /** `parent` is what was said of the directory above; none at the top. Throws BuildError when it takes too long. */
  judge(path: string, parent: ParentMatches | null): IgnoreVerdict {
    const segments = path.split("/");
    const matches = this.#patterns.map(
      (pattern, index) => parent?.[index] === true || matchesPath(pattern.segments, segments, this.#counter),
    );
    if (this.steps > STEPS_MAX)
      throw new BuildError(
        "configuration",
        ".dockerignore: its patterns take too long for so many files; use fewer of them, or fewer wildcards",
      );
    const deciding = matches.lastIndexOf(true);
    return { isIgnored: deciding !== -1 && this.#patterns[deciding]?.isException === false, matches };
  }
}

function parsePattern(line: string): Pattern | null {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return null;
  const isException = text.startsWith("!");
  const segments = cleanSegments(isException ? text.slice(1).trim() : text).map(toSegment);
  if (segments.length === 0) return null;
  // `a/**` means what is below a, not a itself.
  return { isException, segments: segments.at(-1) === null ? [...segments, ["*"]] : segments };
}

function toSegment(text: string): Segment {
  if (text === "**") return null;
  if (!/[*?[\\]/.test(text)) return text;
  return text.match(/\\.|\[(?:\\.|[^\]\\])+\]|./gsu) ?? [];
}

/** `/a//b/./c/../d/` → a, b, d. */
function cleanSegments(path: string): readonly string[] {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment === "**" && segments.at(-1) === "**") continue;
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments;
}

interface Counter {
  steps: number;
}

interface Matching<Token> {
  readonly isWildcard: (token: Token) => boolean;
  readonly matchesOne: (token: Token, item: string) => boolean;
  readonly counter: Counter;
}

function matchesPath(pattern: readonly Segment[], path: readonly string[], counter: Counter): boolean {
  const matchesOne = (segment: Segment, name: string) =>
    typeof segment === "string" ? segment === name : matchesName(segment ?? [], name, counter);
  return matchesSequence(pattern, path, { isWildcard: (one) => one === null, matchesOne, counter });
}

/** `*` is any number of characters, `?` one, `[a-z]` one of these; a backslash takes the next one literally. */
function matchesName(tokens: readonly string[], name: string, counter: Counter): boolean {
  const isWildcard = (token: string) => token === "*";
  return matchesSequence(tokens, Array.from(name), { isWildcard, matchesOne: matchesCharacter, counter });
}

function matchesCharacter(token: string, character: string): boolean {
  if (token === "?") return true;
  if (token.length > 1 && token.startsWith("[")) return matchesClass(token.slice(1, -1), character);
  return (token.length > 1 && token.startsWith("\\") ? token.slice(1) : token) === character;
}

function matchesClass(text: string, character: string): boolean {
  const isNegated = text.startsWith("^");
  const ranges = [...(isNegated ? text.slice(1) : text).matchAll(/(\\.|[^\\])(?:-(\\.|[^\\]))?/gsu)];
  const isIn = ranges.some(([, from = "", to]) => {
    const [low, high] = [from, to ?? from].map((one) => one.replace(/^\\/, ""));
    return low !== undefined && high !== undefined && low <= character && character <= high;
  });
  return isIn !== isNegated;
}

/** Greedy with one step back to the last wildcard: at most pattern × items steps. */
function matchesSequence<Token>(
  pattern: readonly Token[],
  items: readonly string[],
  { isWildcard, matchesOne, counter }: Matching<Token>,
): boolean {
  let position = 0;
  let item = 0;
  let wildcard = -1;
  let resumeAt = 0;
  while (item < items.length) {
    counter.steps++;
    const token = pattern[position];
    if (token !== undefined && isWildcard(token)) {
      wildcard = position++;
      resumeAt = item;
    } else if (token !== undefined && matchesOne(token, items[item] ?? "")) {
      position++;
      item++;
    } else if (wildcard !== -1) {
      position = wildcard + 1;
      item = ++resumeAt;
    } else return false;
  }
  return pattern.slice(position).every(isWildcard);
}
