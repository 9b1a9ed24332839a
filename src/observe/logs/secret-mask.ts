/**
 * Takes the values of secrets out of an instance's output. A batch of lines is looked through as one text or its bytes; lines are
 * touched only where a value is found. A value that is longer than a line, or that a line of more than 256 KiB is cut in, is found
 * by its own lines.
 */
import { SecretMask } from "../../domain/secret-mask.ts";
import type { OutputLine } from "../../ports/container-engine.ts";
import { WordSearch } from "./word-search.ts";

export interface Mask {
  /** False when no value is in lines whose texts are in these bytes, escaped as `JSON.stringify` does it. */
  mayBeIn(bytes: Buffer): boolean;
  hide(lines: readonly OutputLine[]): readonly OutputLine[];
}

export function maskOf(values: readonly string[]): Mask {
  const mask = SecretMask.of(values);
  const words = mask.words.map((word) => Buffer.from(JSON.stringify(word.toWellFormed()).slice(1, -1)));
  const search = new WordSearch(words);
  return {
    mayBeIn: (bytes) => search.mayBeIn(bytes),
    hide: (lines) => {
      if (mask.isEmpty) return lines;
      const present = mask.within(lines.map(({ text }) => text).join("\n"));
      return present.isEmpty ? lines : lines.map((line) => masked(line, present));
    },
  };
}

/** Member by member: cursors are made when they are asked for, and a spread would leave them out. */
function masked(line: OutputLine, mask: SecretMask): OutputLine {
  const text = mask.hide(line.text);
  if (text === line.text) return line;
  return { stream: line.stream, timestampMs: line.timestampMs, text, cursor: line.cursor };
}
