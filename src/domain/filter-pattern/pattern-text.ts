/** A filter pattern as it is read, from left to right; every refusal says at which character. */
import { SlipwayError } from "../error.ts";

export class PatternText {
  readonly text: string;
  #at: number;

  constructor(text: string, at = 0) {
    this.text = text;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.text.length;
  }

  skipBlanks(): void {
    this.take(/\s*/y);
  }

  /** What is here, if it matches; `sticky` bears the flag y. Null, and nothing is read, otherwise. */
  take(sticky: RegExp): string | null {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }

  /** Reads `word` if it is here. */
  has(word: string): boolean {
    if (!this.text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  isHere(word: string): boolean {
    return this.text.startsWith(word, this.#at);
  }

  expect(word: string, reason: string): void {
    if (!this.has(word)) throw this.refusal(`${JSON.stringify(word)} is missing ${reason}`);
  }

  /** What stands between two of `mark`, of which the first is here; a backslash keeps the one behind it. */
  between(mark: string): { readonly body: string; readonly startsAt: number } {
    const opensAt = this.#at;
    for (let at = opensAt + 1; at < this.text.length; at++) {
      if (this.text[at] === "\\") at++;
      else if (this.text[at] === mark) {
        this.#at = at + 1;
        return { body: this.text.slice(opensAt + 1, at), startsAt: opensAt + 1 };
      }
    }
    throw this.refusal(`the ${mark} here has no end`, opensAt);
  }

  refusal(problem: string, at = this.#at): SlipwayError {
    return new SlipwayError("MalformedFilterPattern", { position: at + 1, problem });
  }
}

/** `\"` and `\\` stand for what follows the backslash. */
export function unescaped(body: string): string {
  return body.replaceAll(/\\(["'\\])/g, "$1");
}
