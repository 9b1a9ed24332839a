/** Lets damaged texts loose on a reader, and tells of the first that it does not take as it should. */
import type { Chance } from "./chance.ts";
import { damaged, nastyText } from "./hostile-text.ts";
import type { TextReader } from "./text-readers.ts";

export interface TextFinding {
  readonly text: string;
  readonly problem: string;
}

/** Processor time of this process for one text: a hundred times what the longest needs. A pattern that backtracks takes minutes. */
const TIME_MAX_MS = 1_000;

export function fuzzReader(reader: TextReader, count: number, chance: Chance): TextFinding | null {
  for (let round = 0; round < count; round += 1) {
    const text = chance.oneIn(5) ? nastyText(chance) : damaged(chance.pick(reader.examples), chance);
    const problem = problemOf(reader, text);
    if (problem !== null) return { text, problem };
  }
  return null;
}

function problemOf({ read, refuses }: TextReader, text: string): string | null {
  const before = process.cpuUsage();
  try {
    read(text);
  } catch (error) {
    if (!refuses(error)) return `throws ${String(error)}`;
  }
  const { user, system } = process.cpuUsage(before);
  const tookMs = (user + system) / 1_000;
  return tookMs > TIME_MAX_MS ? `takes ${tookMs.toFixed(0)} ms` : null;
}
