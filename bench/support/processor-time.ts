/** Processor time and memory of processes, from /proc. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** How long one tick of /proc/<pid>/stat is; 10 ms nearly everywhere. */
const TICK_US = 1_000_000 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

interface Stat {
  readonly parent: number;
  readonly cpuUs: number;
}

export interface Processes {
  readonly roots: readonly number[];
  /** Descendants that are left out, with their own descendants. */
  readonly except?: readonly number[];
}

/** User and system time of these processes and all their descendants, in microseconds. Ended ones do not count. */
export function processorTimeUs(processes: Processes): number {
  return processTree(processes).reduce((sum, pid) => sum + (readStat(pid)?.cpuUs ?? 0), 0);
}

/** Resident memory of them all in MiB; what they share counts for each. */
export function residentMiB(processes: Processes): number {
  return processTree(processes).reduce((sum, pid) => sum + residentKiB(pid), 0) / 1_024;
}

function residentKiB(pid: number): number {
  const status = read(`/proc/${pid}/status`) ?? "";
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}

function processTree({ roots, except = [] }: Processes): readonly number[] {
  if (roots.length === 0) return [];
  const children = Map.groupBy(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number),
    (pid) => readStat(pid)?.parent ?? 0,
  );
  const tree = new Set(except);
  const waiting = [...roots];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (tree.has(pid)) continue;
    tree.add(pid);
    waiting.push(...(children.get(pid) ?? []));
  }
  return [...tree].filter((pid) => !except.includes(pid));
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
