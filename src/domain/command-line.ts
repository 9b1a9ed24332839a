/**
 * Splits a start command into arguments the way a POSIX shell splits words, and does nothing else a shell does:
 * no variables, no globs, no pipes. What looks like one is passed on as text.
 */
import { SlipwayError } from "./error.ts";

/** What only a shell understands: operators, expansions, globs, a leading assignment. */
const SHELL_SYNTAX = /[&|;<>()$`*?[\]#~!{}\n]|^\w+=/;

/**
 * The arguments of a start command of a managed runtime: its plain words, or a shell of the image that reads it. (The
 * image's shell, in the container: never one of this machine.)
 */
export function commandOfRuntime(text: string, path: string): readonly string[] {
  return SHELL_SYNTAX.test(text) ? ["/bin/sh", "-c", text] : splitCommandLine(text, path);
}

/** Throws InvalidParameter naming `path` when a quote is left open or nothing remains. */
export function splitCommandLine(text: string, path: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    const next = text[index + 1];
    if (quote === "'") {
      if (character === "'") quote = null;
      else word += character;
    } else if (character === "\\" && next !== undefined && (quote === null || '"\\$`'.includes(next))) {
      word = (word ?? "") + next;
      index++;
    } else if (quote === '"') {
      if (character === '"') quote = null;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (character === " " || character === "\t") {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== null) {
    throw new SlipwayError("InvalidParameter", { path, problem: `a ${quote} is never closed` });
  }
  if (word !== null) words.push(word);
  if (words.length === 0)
    throw new SlipwayError("InvalidParameter", { path, problem: "the command is empty" });
  return words;
}
