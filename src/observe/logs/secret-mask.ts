/**
 * Takes the values of secrets out of an instance's output. A batch of lines is looked through as one text, once for each
 * value; lines are touched only where one is found. A value that is longer than a line, or that a line of more than 256 KiB is
 * cut in, is found by its own lines.
 */
import type { OutputLine } from "../../ports/container-engine.ts";

const MASK = "***";
/** Shorter ones would hide half of what is said, and can be guessed anyway. */
const MIN_LENGTH = 4;

export type Mask = (lines: readonly OutputLine[]) => readonly OutputLine[];

export function maskOf(values: readonly string[]): Mask {
  const needles = needlesOf(values);
  if (needles.length === 0) return (lines) => lines;
  return (lines) => {
    const whole = lines.map(({ text }) => text).join("\n");
    const present = needles.filter((needle) => whole.includes(needle));
    return present.length === 0 ? lines : lines.map((line) => masked(line, present));
  };
}

/** Each line of each value, also as it looks within JSON; the longest first, since one may be part of another. */
function needlesOf(values: readonly string[]): readonly string[] {
  const lines = values.flatMap((value) => value.split(/\r?\n/)).map((line) => line.trim());
  const written = lines.flatMap((line) => [line, JSON.stringify(line).slice(1, -1)]);
  const long = written.filter(({ length }) => length >= MIN_LENGTH);
  return [...new Set(long)].sort((left, right) => right.length - left.length);
}

function masked(line: OutputLine, needles: readonly string[]): OutputLine {
  if (!needles.some((needle) => line.text.includes(needle))) return line;
  const text = needles.reduce((rest, needle) => rest.replaceAll(needle, MASK), line.text);
  return { stream: line.stream, timestampMs: line.timestampMs, text, cursor: line.cursor };
}
