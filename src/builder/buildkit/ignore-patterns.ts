/**
 * Patterns of a `.dockerignore`: the last one that matches a path or a directory above it decides, `!` makes an
 * exception, `**` stands for any number of directories. Users write them, so that matching takes no more than
 * (pattern × path) steps: no regular expressions.
 */

const PATTERNS_MAX = 1_000;
const PATTERN_CHARACTERS_MAX = 1_000;

interface Pattern {
  readonly isException: boolean;
  readonly segments: readonly string[];
}

/** Which patterns matched a directory, so that what lies below needs no second look. */
export type ParentMatches = readonly boolean[];

export interface IgnoreVerdict {
  readonly isIgnored: boolean;
  readonly matches: ParentMatches;
}

export class IgnorePatterns {
  readonly #patterns: readonly Pattern[];
  /** An ignored directory may hold something that is not. */
  readonly hasExceptions: boolean;

  constructor(lines: readonly string[]) {
    this.#patterns = lines
      .slice(0, PATTERNS_MAX)
      .map(parsePattern)
      .filter((pattern) => pattern !== null);
    this.hasExceptions = this.#patterns.some(({ isException }) => isException);
  }

  /** `parent` is what was said of the directory above; none at the top. */
  judge(path: string, parent: ParentMatches | null): IgnoreVerdict {
    const segments = path.split("/");
    const matches = this.#patterns.map(
      (pattern, index) => parent?.[index] === true || matchesPath(pattern.segments, segments),
    );
    const deciding = matches.lastIndexOf(true);
    return { isIgnored: deciding !== -1 && this.#patterns[deciding]?.isException === false, matches };
  }
}

function parsePattern(line: string): Pattern | null {
  const text = line.trim();
  if (text === "" || text.startsWith("#") || text.length > PATTERN_CHARACTERS_MAX) return null;
  const isException = text.startsWith("!");
  const segments = cleanSegments(isException ? text.slice(1).trim() : text);
  return segments.length === 0 ? null : { isException, segments };
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

function matchesPath(pattern: readonly string[], path: readonly string[]): boolean {
  // `a/**` means what is below a, not a itself.
  if (pattern.at(-1) === "**") return matchesPath([...pattern.slice(0, -1), "**", "*"], path);
  return matchesSequence(pattern, path, (one) => one === "**", matchesName);
}

/** `*` is any number of characters, `?` one, `[a-z]` one of these; a backslash takes the next one literally. */
function matchesName(pattern: string, name: string): boolean {
  const tokens = pattern.match(/\\.|\[(?:\\.|[^\]\\])+\]|./gsu) ?? [];
  return matchesSequence(tokens, Array.from(name), (token) => token === "*", matchesCharacter);
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
  isWildcard: (token: Token) => boolean,
  matchesOne: (token: Token, item: string) => boolean,
): boolean {
  let position = 0;
  let item = 0;
  let wildcard = -1;
  let resumeAt = 0;
  while (item < items.length) {
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
