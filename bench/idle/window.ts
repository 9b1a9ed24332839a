/** Processes watched for a while: their memory each second, their processor time over the whole. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Processes, processorTimeUs, residentMiB } from "../support/processor-time.ts";
import type { Measure, Sample } from "../support/report.ts";
import { summarize } from "../support/summary.ts";

export type WindowKey = "residentMiB" | "highestMiB" | "cpuPercent";

export const WINDOW_MEASURES: readonly Measure<WindowKey>[] = [
  { key: "residentMiB", label: "resident MiB", digits: 1, isCompared: true },
  { key: "highestMiB", label: "highest MiB", digits: 1, isCompared: false },
  { key: "cpuPercent", label: "% of a core", digits: 2, isCompared: true },
];

export interface Gauge {
  readonly name: string;
  readonly processes: Processes;
}

/** Round → a sample of each gauge. */
export async function measureRounds(
  gauges: readonly Gauge[],
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<readonly (readonly Sample<WindowKey>[])[]> {
  const results: (readonly Sample<WindowKey>[])[] = [];
  for (let round = 0; round < rounds; round++) {
    results.push(await Promise.all(gauges.map((gauge) => measureWindow(gauge, seconds))));
    process.stderr.write(`window ${round + 1} of ${rounds}: ${gauges.map(({ name }) => name).join("; ")}\n`);
  }
  return results;
}

async function measureWindow({ processes }: Gauge, seconds: number): Promise<Sample<WindowKey>> {
  const resident: number[] = [];
  const [cpuBefore, startMs] = [processorTimeUs(processes), performance.now()];
  for (let second = 0; second < seconds; second++) {
    await sleep(1_000);
    resident.push(residentMiB(processes));
  }
  const elapsedUs = (performance.now() - startMs) * 1_000;
  const { median, max } = summarize(resident);
  const cpuPercent = (100 * (processorTimeUs(processes) - cpuBefore)) / elapsedUs;
  return { residentMiB: median, highestMiB: max, cpuPercent };
}
