/** Processor time and memory of processes, from /proc. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** How long one tick of /proc/<pid>/stat is; 10 ms nearly everywhere. */
const TICK_US = 1_000_000 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

interface Stat {
  readonly parent: number;
  readonly cpuUs: number;
}

/** User and system time of these processes and all their descendants, in microseconds. Ended ones do not count. */
export function processorTimeUs(roots: readonly number[]): number {
  return processTree(roots).reduce((sum, pid) => sum + (readStat(pid)?.cpuUs ?? 0), 0);
}

/** Resident memory of one process in MiB; NaN when it is gone. */
export function residentMiB(pid: number): number {
  const status = read(`/proc/${pid}/status`) ?? "";
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** The processes themselves and all their descendants. */
export function processTree(roots: readonly number[]): readonly number[] {
  if (roots.length === 0) return [];
  const children = Map.groupBy(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number),
    (pid) => readStat(pid)?.parent ?? 0,
  );
  const tree = new Set<number>();
  const waiting = [...roots];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (tree.has(pid)) continue;
    tree.add(pid);
    waiting.push(...(children.get(pid) ?? []));
  }
  return [...tree];
}

function readStat(pid: number): Stat | null {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The second field, the name, may hold blanks and parentheses; what follows starts with the third, the state.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (number: number): number => Number(fields[number - 3]);
  return { parent: field(4), cpuUs: (field(14) + field(15)) * TICK_US };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null; // It ended between listing and reading.
  }
}
