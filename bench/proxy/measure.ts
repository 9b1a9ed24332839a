/** One contender under load for one round. */
import type { Cleanup } from "../support/cleanup.ts";
import { processorTimeUs } from "../support/processor-time.ts";
import type { Measure, Sample } from "../support/report.ts";
import { wrk } from "../support/wrk.ts";
import type { Contender } from "./contender.ts";

export type LoadKey = "requestsPerSecond" | "p50Ms" | "p99Ms" | "cpuUs" | "lostLines";

export const LOAD_MEASURES: readonly Measure<LoadKey>[] = [
  { key: "requestsPerSecond", label: "requests/s", digits: 0, isCompared: true },
  { key: "cpuUs", label: "CPU µs/request", digits: 1, isCompared: true },
  { key: "p50Ms", label: "p50 ms", digits: 2, isCompared: false },
  { key: "p99Ms", label: "p99 ms", digits: 2, isCompared: false },
  { key: "lostLines", label: "log lines lost", digits: 0, isCompared: false },
];

/** Longer than the log reader pauses. */
const SETTLED_MS = 150;

export interface Load {
  readonly host: string;
  readonly connections: number;
  readonly durationS: number;
}

export async function measureLoad(
  contender: Contender,
  load: Load,
  cleanup: Cleanup,
): Promise<Sample<LoadKey>> {
  const { port, logLines } = contender;
  const processes = { roots: contender.processes };
  const linesBefore = (await logLines?.()) ?? 0;
  const cpuBefore = processorTimeUs(processes);
  const { requests, ...result } = await wrk({ ...load, port }, cleanup);
  const lines = await settled(logLines);
  const cpuUs = (processorTimeUs(processes) - cpuBefore) / requests;
  return {
    ...result,
    ...(contender.processes.length > 0 && { cpuUs }),
    // wrk leaves with answers on their way: those are logged, but not counted by it.
    ...(lines !== null && { lostLines: Math.max(0, requests - (lines - linesBefore)) }),
  };
}

/** The count once no more lines come: the reader may be some milliseconds behind. */
async function settled(logLines: Contender["logLines"]): Promise<number | null> {
  if (logLines === null) return null;
  for (let last = -1; ;) {
    const lines = await logLines();
    if (lines === last) return lines;
    last = lines;
    await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  }
}
