/** One contender for one round: new connections with full handshakes, then with resumed ones. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Cleanup } from "../support/cleanup.ts";
import { processorTimeUs } from "../support/processor-time.ts";
import type { Measure, Sample } from "../support/report.ts";
import { wrk } from "../support/wrk.ts";
import { type Contender, HOST } from "./contender.ts";

export type TlsKey =
  | "fullPerSecond"
  | "fullCpuUs"
  | "resumedPerSecond"
  | "resumedCpuUs"
  | "startMs"
  | "certificateKiB";

export const TLS_MEASURES: readonly Measure<TlsKey>[] = [
  { key: "fullPerSecond", label: "full/s", digits: 0, isCompared: true },
  { key: "fullCpuUs", label: "CPU µs/full", digits: 0, isCompared: true },
  { key: "resumedPerSecond", label: "resumed/s", digits: 0, isCompared: true },
  { key: "resumedCpuUs", label: "CPU µs/resumed", digits: 0, isCompared: true },
  { key: "startMs", label: "start with many, ms", digits: 0, isCompared: false },
  { key: "certificateKiB", label: "KiB/certificate", digits: 1, isCompared: false },
];

export interface Load {
  readonly connections: number;
  readonly durationS: number;
}

export async function measureHandshakes(
  contender: Contender,
  load: Load,
  cleanup: Cleanup,
): Promise<Sample<TlsKey>> {
  const full = await withCpu(contender, () => fullHandshakes(contender, load, cleanup));
  const resumed = await withCpu(contender, () => resumedHandshakes(contender, load));
  return {
    fullPerSecond: full.count / load.durationS,
    fullCpuUs: full.cpuUs,
    resumedPerSecond: resumed.count / load.durationS,
    resumedCpuUs: resumed.cpuUs,
  };
}

async function withCpu(
  { processes }: Contender,
  run: () => Promise<number>,
): Promise<{ readonly count: number; readonly cpuUs: number }> {
  const before = processorTimeUs({ roots: processes });
  const count = await run();
  return { count, cpuUs: (processorTimeUs({ roots: processes }) - before) / count };
}

async function fullHandshakes({ port }: Contender, load: Load, cleanup: Cleanup): Promise<number> {
  return (await wrk({ ...load, port, host: HOST, isNewTls: true }, cleanup)).requests;
}

const CLIENT = fileURLToPath(new URL("resuming-client.ts", import.meta.url));

async function resumedHandshakes({ port }: Contender, { connections, durationS }: Load): Promise<number> {
  const args = [CLIENT, port, HOST, connections, durationS].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}
