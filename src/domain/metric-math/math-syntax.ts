/**
 * Metric math as text → a tree. A hand-written descent of bounded depth: expressions come from requests. Precedence as in
 * CloudWatch: ^, sign, * and /, + and -, comparisons, AND, OR.
 */
import { MathError } from "./math-value.ts";

export type BinaryOperator = "+" | "-" | "*" | "/" | "^" | Comparison | "AND" | "OR";
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

export type MathTree =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "list"; readonly items: readonly MathTree[] }
  | { readonly kind: "negation"; readonly operand: MathTree }
  | {
      readonly kind: "operation";
      readonly operator: BinaryOperator;
      readonly left: MathTree;
      readonly right: MathTree;
    }
  | { readonly kind: "call"; readonly name: string; readonly operands: readonly MathTree[] };

const MAX_DEPTH = 50;
const TOKEN =
  /\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|"([^"]*)"|'([^']*)'|(==|!=|<=|>=|&&|\|\||[-+*/^<>()[\],]))/y;
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ["OR"],
  ["AND"],
  ["==", "!=", "<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/"],
];
const SPELLINGS: Readonly<Record<string, string>> = { "&&": "AND", "||": "OR" };

type Token =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "name" | "text" | "sign"; readonly text: string };

/** Throws MathError. */
export function parseMath(text: string): MathTree {
  const parser = new Parser(tokensOf(text));
  const tree = parser.level(0, 0);
  parser.expectEnd();
  return tree;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const position = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new MathError(`cannot be read from character ${position + 1} on`);
    tokens.push(tokenOf(match));
  }
  return tokens;
}

function tokenOf([, number, name, quoted, singleQuoted, sign]: RegExpExecArray): Token {
  if (number !== undefined) return { kind: "number", value: Number(number) };
  const word = name?.toUpperCase();
  if (word === "AND" || word === "OR") return { kind: "sign", text: word };
  if (name !== undefined) return { kind: "name", text: name };
  if (sign !== undefined) return { kind: "sign", text: SPELLINGS[sign] ?? sign };
  return { kind: "text", text: quoted ?? singleQuoted ?? "" };
}

class Parser {
  #position = 0;
  readonly #tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  expectEnd(): void {
    if (this.#position < this.#tokens.length)
      throw new MathError(`goes on after its end with ${this.#shown()}`);
  }

  /** An expression of operators that bind as strongly as this level, or more strongly. */
  level(level: number, depth: number): MathTree {
    if (depth > MAX_DEPTH) throw new MathError(`nests more than ${MAX_DEPTH} levels`);
    const operators = LEVELS[level];
    if (operators === undefined) return this.#signed(depth);
    let left = this.level(level + 1, depth);
    for (;;) {
      const operator = operators.find((one) => this.#take(one));
      if (operator === undefined) return left;
      left = { kind: "operation", operator, left, right: this.level(level + 1, depth) };
    }
  }

  #signed(depth: number): MathTree {
    if (depth > MAX_DEPTH) throw new MathError(`nests more than ${MAX_DEPTH} levels`);
    if (this.#take("-")) return { kind: "negation", operand: this.#signed(depth + 1) };
    if (this.#take("+")) return this.#signed(depth + 1);
    const base = this.#atom(depth);
    if (!this.#take("^")) return base;
    return { kind: "operation", operator: "^", left: base, right: this.#signed(depth + 1) };
  }

  #atom(depth: number): MathTree {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw new MathError("ends where a value should be");
    if (this.#take("(")) return this.#closed(depth);
    if (this.#take("[")) return { kind: "list", items: this.#items("]", depth) };
    if (token.kind === "sign") throw new MathError(`has ${this.#shown()} where a value should be`);
    this.#position += 1;
    if (token.kind === "number") return token;
    if (token.kind === "text") return { kind: "text", value: token.text };
    if (this.#take("("))
      return { kind: "call", name: token.text.toUpperCase(), operands: this.#items(")", depth) };
    return { kind: "id", id: token.text };
  }

  #closed(depth: number): MathTree {
    const inner = this.level(0, depth + 1);
    if (!this.#take(")")) throw new MathError("has a bracket that is not closed");
    return inner;
  }

  #items(end: ")" | "]", depth: number): readonly MathTree[] {
    const items: MathTree[] = [];
    if (this.#take(end)) return items;
    do items.push(this.level(0, depth + 1));
    while (this.#take(","));
    if (!this.#take(end)) throw new MathError("has a bracket that is not closed");
    return items;
  }

  #take(text: string): boolean {
    const token = this.#tokens[this.#position];
    if (token?.kind !== "sign" || token.text !== text) return false;
    this.#position += 1;
    return true;
  }

  #shown(): string {
    const token = this.#tokens[this.#position];
    return token?.kind === "number" ? String(token.value) : (token?.text ?? "its end");
  }
}
