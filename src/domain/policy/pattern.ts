/**
 * Texts of policies that stand for others: `*` is any text, `?` one character, `${key}` what the call's context says under
 * that key, `${*}`, `${?}` and `${$}` the characters themselves. What a variable stands for is plain text, whatever is in it.
 *
 * No regular expressions: the leftmost place of each piece between stars is the right one, so nothing is tried twice, and
 * the time is at most the product of the two lengths, which are bounded.
 */
import { MalformedPolicy, shown } from "./malformed-policy.ts";

/** Lower-case key → its values. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

/** Null: a variable in the pattern has no value, so that nobody can say. */
export type Match = boolean | null;

export interface Pattern {
  readonly match: (text: string, context: ConditionContext) => Match;
  /** Keys of its variables, in lower case. */
  readonly variables: readonly string[];
}

export interface PatternRules {
  /** Policies of 2008-10-17 have none. */
  readonly hasVariables: boolean;
  readonly hasWildcards: boolean;
}

type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "any" }
  | { readonly kind: "one" }
  | { readonly kind: "variable"; readonly key: string; readonly fallback: string | null };

/** What stands between two stars. */
interface Piece {
  readonly text: string;
  /** Places in it that stand for any character. */
  readonly holes: ReadonlySet<number> | null;
}

const KEY = /^[\w:/.=@+ -]+$/;
const FALLBACK = /^'[^']*'$/;
const ESCAPED = new Set(["*", "?", "$"]);
const ARN_PARTS = 6;
/** The name tells the most: what does not match fails there. */
const ARN_ORDER = [5, 2, 3, 4, 0, 1] as const;

/** Throws MalformedPolicy for a variable that is none. */
export function compilePattern(text: string, rules: PatternRules): Pattern {
  return patternOf(tokensOf(text, rules));
}

/** Matches part by part, so that a star never reaches over a colon but in the last one. `*` alone is anything. */
export function compileArnPattern(text: string, rules: Pick<PatternRules, "hasVariables">): Pattern | null {
  if (text === "*") return { match: () => true, variables: [] };
  const parts = splitAtColons(tokensOf(text, { ...rules, hasWildcards: true })).map(patternOf);
  if (parts.length < ARN_PARTS) return null;
  const tests = ARN_ORDER.flatMap((place) => {
    const match = parts[place]?.match;
    return match === undefined ? [] : [{ place, match }];
  });
  return {
    variables: parts.flatMap(({ variables }) => variables),
    match(arn, context) {
      const given = arnParts(arn);
      if (given === null) return false;
      let result: Match = true;
      for (const { place, match } of tests) {
        const part = match(given[place] ?? "", context);
        if (part === false) return false;
        if (part === null) result = null;
      }
      return result;
    },
  };
}

/** True when one matches, null when none does and of one nobody can say. */
export function matchAny(patterns: readonly Pattern[], text: string, context: ConditionContext): Match {
  let isUnknown = false;
  for (const pattern of patterns) {
    const match = pattern.match(text, context);
    if (match === true) return true;
    if (match === null) isUnknown = true;
  }
  return isUnknown ? null : false;
}

/** The ARN of before: a thousand policies are held against the same one. */
let taken: { readonly text: string; readonly parts: readonly string[] | null } = { text: "", parts: null };

function arnParts(text: string): readonly string[] | null {
  if (taken.text !== text) taken = { text, parts: splitArn(text) };
  return taken.parts;
}

/** Six parts, the last with all further colons; null for what is no ARN. */
function splitArn(text: string): readonly string[] | null {
  const parts: string[] = [];
  let from = 0;
  for (let count = 1; count < ARN_PARTS; count += 1) {
    const colon = text.indexOf(":", from);
    if (colon < 0) return null;
    parts.push(text.slice(from, colon));
    from = colon + 1;
  }
  parts.push(text.slice(from));
  return parts;
}

function splitAtColons(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    let rest = token;
    while (rest.kind === "text" && parts.length < ARN_PARTS && rest.text.includes(":")) {
      const colon: number = rest.text.indexOf(":");
      parts.at(-1)?.push({ kind: "text", text: rest.text.slice(0, colon) });
      parts.push([]);
      rest = { kind: "text", text: rest.text.slice(colon + 1) };
    }
    parts.at(-1)?.push(rest);
  }
  return parts;
}

function tokensOf(text: string, rules: PatternRules): readonly Token[] {
  const tokens: Token[] = [];
  let plain = "";
  const push = (token: Token): void => {
    if (plain !== "") tokens.push({ kind: "text", text: plain });
    plain = "";
    tokens.push(token);
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (rules.hasVariables && text.startsWith("${", at)) {
      const end = text.indexOf("}", at);
      const inside = end < 0 ? "" : text.slice(at + 2, end);
      if (ESCAPED.has(inside)) plain += inside;
      else push(variableOf(inside, text));
      at = end;
    } else if (rules.hasWildcards && character === "*") push({ kind: "any" });
    else if (rules.hasWildcards && character === "?") push({ kind: "one" });
    else plain += character;
  }
  if (plain !== "") tokens.push({ kind: "text", text: plain });
  return tokens;
}

function variableOf(inside: string, text: string): Token {
  const comma = inside.indexOf(",");
  const key = (comma < 0 ? inside : inside.slice(0, comma)).trim();
  const fallback = comma < 0 ? null : inside.slice(comma + 1).trim();
  if (KEY.test(key) && (fallback === null || FALLBACK.test(fallback))) {
    return { kind: "variable", key: key.toLowerCase(), fallback: fallback?.slice(1, -1) ?? null };
  }
  throw new MalformedPolicy(
    `Syntax errors in policy. ${shown(text)} has a variable that is none: write \${key} or \${key, 'default'}.`,
  );
}

function patternOf(tokens: readonly Token[]): Pattern {
  const variables = tokens.flatMap((token) => (token.kind === "variable" ? [token.key] : []));
  if (variables.length > 0) {
    return {
      variables,
      match(text, context) {
        const plain = resolve(tokens, context);
        return plain === null ? null : matchPieces(piecesOf(plain), text);
      },
    };
  }
  const pieces = piecesOf(tokens);
  const [only] = pieces;
  if (pieces.length === 1 && only?.holes === null) return { variables, match: (text) => text === only.text };
  return { variables, match: (text) => matchPieces(pieces, text) };
}

/** Null: there is no value, or several. */
function resolve(tokens: readonly Token[], context: ConditionContext): readonly Token[] | null {
  const plain: Token[] = [];
  for (const token of tokens) {
    if (token.kind !== "variable") plain.push(token);
    else {
      const values = context.get(token.key) ?? [];
      const value = values.length === 0 ? token.fallback : values.length === 1 ? values[0] : null;
      if (value === null || value === undefined) return null;
      plain.push({ kind: "text", text: value });
    }
  }
  return plain;
}

function piecesOf(tokens: readonly Token[]): readonly Piece[] {
  const pieces: { text: string; holes: Set<number> | null }[] = [{ text: "", holes: null }];
  for (const token of tokens) {
    const last = pieces.at(-1);
    if (token.kind === "any" || last === undefined) pieces.push({ text: "", holes: null });
    else if (token.kind === "text") last.text += token.text;
    else {
      last.holes ??= new Set();
      last.holes.add(last.text.length);
      last.text += "?";
    }
  }
  return pieces;
}

/** The first piece begins the text, the last ends it, the others stand between in their order. */
function matchPieces(pieces: readonly Piece[], text: string): boolean {
  const first = pieces[0];
  const last = pieces.at(-1);
  if (first === undefined || last === undefined) return false;
  if (pieces.length === 1) return first.text.length === text.length && standsAt(first, text, 0);
  const end = text.length - last.text.length;
  if (end < first.text.length || !standsAt(first, text, 0) || !standsAt(last, text, end)) return false;
  let from = first.text.length;
  for (let index = 1; index < pieces.length - 1; index += 1) {
    const piece = pieces[index];
    if (piece === undefined) return false;
    const place = placeOf(piece, text, from);
    if (place < 0 || place + piece.text.length > end) return false;
    from = place + piece.text.length;
  }
  return true;
}

function placeOf(piece: Piece, text: string, from: number): number {
  if (piece.holes === null) return text.indexOf(piece.text, from);
  for (let at = from; at + piece.text.length <= text.length; at += 1) {
    if (standsAt(piece, text, at)) return at;
  }
  return -1;
}

function standsAt({ text: wanted, holes }: Piece, text: string, at: number): boolean {
  if (holes === null) return text.startsWith(wanted, at);
  for (let index = 0; index < wanted.length; index += 1) {
    if (!holes.has(index) && wanted.charCodeAt(index) !== text.charCodeAt(at + index)) return false;
  }
  return true;
}
