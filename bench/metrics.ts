/**
 * What collecting and keeping metrics costs: days of many services, played through the real collector and its database in
 * virtual time. Edge and engine are made up; what they take is in bench:many.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { MetricCollector } from "../src/observe/metrics/metric-collector.ts";
import { MetricStore } from "../src/observe/metrics/metric-store.ts";
import { RollUp } from "../src/observe/metrics/roll-up.ts";
import { busyMinute, madeUpMinutes, restingMinute } from "../src/observe/metrics/testing/made-up-minutes.ts";
import { MadeUpServices, type Population } from "./metrics/made-up-services.ts";
import { type Cleanup, runBenchmark } from "./support/cleanup.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { type Measure, printResult, type Sample } from "./support/report.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

type Key = "cpuPercent" | "roundMs" | "writtenMiB" | "keptMiB" | "threeHoursMs" | "dayMs" | "yearMs";

const MEASURES: readonly Measure<Key>[] = [
  { key: "cpuPercent", label: "% of a core", digits: 2, isCompared: false },
  { key: "roundMs", label: "round, ms", digits: 1, isCompared: false },
  { key: "writtenMiB", label: "written a day, MiB", digits: 0, isCompared: false },
  { key: "keptMiB", label: "kept after them, MiB", digits: 0, isCompared: false },
  { key: "threeHoursMs", label: "read 3 h, ms", digits: 1, isCompared: false },
  { key: "dayMs", label: "read a day, ms", digits: 1, isCompared: false },
  { key: "yearMs", label: "read 15 months, ms", digits: 1, isCompared: false },
];
const CONTENDERS: readonly (readonly [string, Population])[] = [
  ["1,000: 20 busy, 30 at rest", { busy: 20, resting: 30, atZero: 950 }],
  ["1,000 at zero", { busy: 0, resting: 0, atZero: 1000 }],
  ["1,000 at rest", { busy: 0, resting: 1000, atZero: 0 }],
];
const START_MS = Date.UTC(2026, 0, 1);
const ROUND_MS = 10_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIB = 1024 * 1024;

await runBenchmark(async (cleanup) => {
  const { numbers, isJson } = readOptions("bench:metrics", {
    rounds: { default: 1, meaning: "times that all is played" },
    days: { default: 2, meaning: "days of services that are played" },
  });
  const machine = await describeMachine([["node", "--version"]]);
  const samples = new Map<string, Sample<Key>[]>(CONTENDERS.map(([name]) => [name, []]));
  samples.set("one busy for 455 days", []);
  samples.set("one at rest for 455 days", []);
  for (let round = 0; round < numbers.rounds; round++) {
    for (const [name, population] of CONTENDERS) {
      samples.get(name)?.push(await playDays(cleanup, population, numbers.days));
      process.stderr.write(`${name}: played\n`);
    }
    samples.get("one busy for 455 days")?.push(await playYear(cleanup, busyMinute));
    samples.get("one at rest for 455 days")?.push(await playYear(cleanup, restingMinute));
  }
  const notes = [
    `${numbers.days} days in virtual time. Busy: 2 instances, 10 samples and 20 timings of requests a second. Written: rows and the log before them.`,
    "Reads: latency of one busy service, with its 99th percentile, in 10-second, 1-minute and 1-day periods; the median of 9, in processor time.",
  ];
  printResult({ title: "bench:metrics", machine, notes, measures: MEASURES, samples }, isJson);
});

async function playDays(cleanup: Cleanup, population: Population, days: number): Promise<Sample<Key>> {
  const path = join(temporaryDirectory(cleanup), "metrics.db");
  const store = new MetricStore({ path, report: (event) => process.stderr.write(`${event}\n`) });
  const services = new MadeUpServices(population, START_MS);
  const collector = new MetricCollector({ store, ...services.ports, onError: fail });
  const rollUp = new RollUp({ store, limitMiB: 4096, pause: async () => {} });
  services.introduce(collector);
  const written = writtenBytes();
  let cpuUs = 0;
  const rounds = (days * DAY_MS) / ROUND_MS;
  for (let round = 0; round < rounds; round++) {
    const load = services.passTenSeconds();
    const before = process.cpuUsage();
    load(collector);
    await collector.collect(round, new AbortController().signal);
    if (round % 6 === 0) await rollUp.sweep(services.nowMs);
    const used = process.cpuUsage(before);
    cpuUs += used.user + used.system;
  }
  const perDay = (writtenBytes() - written) / days / MIB;
  const query = { metric: "RequestLatency", serviceId: "s0", instanceId: null } as const;
  const read = (spanMs: number, periodMs: number) =>
    medianMs(async () => {
      const points = await store.read({
        ...query,
        startMs: services.nowMs - spanMs,
        endMs: services.nowMs,
        periodMs,
      });
      for (const point of points) point.quantile(0.99);
    });
  const reads =
    population.busy === 0
      ? {}
      : { threeHoursMs: await read(3 * HOUR_MS, 10_000), dayMs: await read(DAY_MS, 60_000) };
  const sample = {
    cpuPercent: cpuUs / (days * DAY_MS * 10),
    roundMs: cpuUs / 1000 / rounds,
    writtenMiB: perDay,
    keptMiB: statSync(path).size / MIB,
    ...reads,
  };
  store.close();
  return sample;
}

/** One service over all that is kept, written minute by minute: after three hours ten seconds are minutes anyway. */
async function playYear(cleanup: Cleanup, minute: typeof busyMinute): Promise<Sample<Key>> {
  const path = join(temporaryDirectory(cleanup), "metrics.db");
  const store = new MetricStore({ path, report: (event) => process.stderr.write(`${event}\n`) });
  const rollUp = new RollUp({ store, limitMiB: 4096, pause: async () => {} });
  const made = madeUpMinutes();
  const endMs = START_MS + 455 * DAY_MS;
  for (let hourMs = START_MS; hourMs < endMs; hourMs += HOUR_MS) {
    const minutes = Array.from({ length: 60 }, (_, index) => minute(made, hourMs + index * 60_000));
    store.write(minutes.flat(), []);
    await rollUp.sweep(hourMs);
  }
  const query = {
    metric: "RequestLatency",
    serviceId: "s0",
    instanceId: null,
    startMs: START_MS,
    endMs,
  } as const;
  const yearMs = await medianMs(async () => {
    const points = await store.read({ ...query, periodMs: DAY_MS });
    for (const point of points) point.quantile(0.99);
  });
  const sample = { keptMiB: statSync(path).size / MIB, yearMs };
  store.close();
  return sample;
}

async function medianMs(act: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < 9; index++) {
    const before = process.cpuUsage();
    await act();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return times.toSorted((one, other) => one - other)[4] ?? 0;
}

/** By this process so far. */
function writtenBytes(): number {
  return process.resourceUsage().fsWrite * 512;
}

function fail(error: unknown): never {
  throw error;
}
