/**
 * Policies made ready, by their text: a thousand users with the same policy have it once. What cannot be read, although it
 * was checked when it was stored, denies everything: nobody can say what it would have denied.
 */
import { type CompiledStatement, compilePolicy } from "../domain/policy/compiled-policy.ts";
import { MalformedPolicy } from "../domain/policy/malformed-policy.ts";

/** Of text; what is made of it takes some ten times as much memory. */
const CHARACTERS_MAX = 4 * 1024 * 1024;
const DENY_ALL: CompiledStatement = {
  isAllow: false,
  covers: () => true,
  mayConcern: () => true,
  isForAll: true,
  concerns: () => true,
  wouldConcern: () => true,
  principals: [],
  keys: [],
};

export class PolicyShelf {
  readonly #ready = new Map<string, readonly CompiledStatement[]>();
  #characters = 0;

  take(document: string): readonly CompiledStatement[] {
    const known = this.#ready.get(document);
    if (known !== undefined) return known;
    const ready = compileOrDeny(document);
    if (this.#characters + document.length > CHARACTERS_MAX) {
      this.#ready.clear();
      this.#characters = 0;
    }
    this.#ready.set(document, ready);
    this.#characters += document.length;
    return ready;
  }
}

function compileOrDeny(document: string): readonly CompiledStatement[] {
  try {
    return compilePolicy(document, "identity");
  } catch (error) {
    if (error instanceof MalformedPolicy) return [DENY_ALL];
    throw error;
  }
}
