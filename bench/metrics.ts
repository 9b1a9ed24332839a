/**
 * What collecting and keeping metrics costs: days of many services, played through the real collector and its database in
 * virtual time, and 18 months of one, written minute by minute. Edge and engine are made up; what they take is in bench:many.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { MetricCollector } from "../src/observe/metrics/metric-collector.ts";
import { type MeasuredBucket, MetricStore } from "../src/observe/metrics/metric-store.ts";
import { RollUp } from "../src/observe/metrics/roll-up.ts";
import { busyMinute, madeUpMinutes, restingMinute } from "../src/observe/metrics/testing/made-up-minutes.ts";
import { MadeUpServices, type Population } from "./metrics/made-up-services.ts";
import { type Cleanup, runBenchmark } from "./support/cleanup.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { type Measure, printResult, type Sample } from "./support/report.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

type Part = "days" | "months";
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
/** A busy service takes more than that after a few weeks. */
const LITTLE_MIB = 8;
const AMPLE_MIB = 4096;
/** The longest that anything is kept; what came before the last quarter is gone at the end. */
const KEPT_DAYS = 455;
/** No row holds more than a week, so none has the same minute twice, which would make it smaller. */
const DIFFERENT_HOURS = 8 * 24;
const LOOKED_AT_DAYS = [91, 182, KEPT_DAYS, KEPT_DAYS + 91];
const LONG_PLAYS: readonly LongPlay[] = [
  { name: "one busy", minute: busyMinute, limitMiB: AMPLE_MIB, lookedAtDays: LOOKED_AT_DAYS },
  { name: "one at rest", minute: restingMinute, limitMiB: AMPLE_MIB, lookedAtDays: LOOKED_AT_DAYS },
  {
    name: `one busy, ${LITTLE_MIB} MiB allowed`,
    minute: busyMinute,
    limitMiB: LITTLE_MIB,
    lookedAtDays: [91, 182],
  },
];
const START_MS = Date.UTC(2026, 0, 1);
const ROUND_MS = 10_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIB = 1024 * 1024;

interface LongPlay {
  readonly name: string;
  readonly minute: typeof busyMinute;
  readonly limitMiB: number;
  /** Oldest last. */
  readonly lookedAtDays: readonly number[];
}

await runBenchmark(async (cleanup) => {
  const { numbers, isJson, only } = readOptions("bench:metrics", {
    rounds: { default: 1, meaning: "times that all is played" },
    days: { default: 1, meaning: "days of services that are played" },
  });
  const machine = await describeMachine([["node", "--version"]]);
  const samples = new Map<string, Sample<Key>[]>();
  const keep = (name: string, sample: Sample<Key>): void => {
    samples.set(name, [...(samples.get(name) ?? []), sample]);
    process.stderr.write(`${name}: played\n`);
  };
  const isWanted = (part: Part): boolean => only.length === 0 || only.includes(part);
  for (let round = 0; round < numbers.rounds; round++) {
    for (const [name, population] of isWanted("days") ? CONTENDERS : []) {
      keep(name, await playDays(cleanup, population, numbers.days));
    }
    for (const play of isWanted("months") ? LONG_PLAYS : []) await playMonths(cleanup, play, keep);
  }
  const notes = [
    `Days: ${numbers.days}, in virtual time. Busy: 2 instances, 10 samples and 20 timings of requests a second. Written: rows and the log before them.`,
    "Reads: latency of one busy service, with its 99th percentile, in 10-second, 1-minute and 1-day periods; the median of 9, in processor time.",
  ];
  printResult({ title: "bench:metrics", machine, notes, measures: MEASURES, samples }, isJson);
});

async function playDays(cleanup: Cleanup, population: Population, days: number): Promise<Sample<Key>> {
  const path = join(temporaryDirectory(cleanup), "metrics.db");
  const store = new MetricStore({ path, report: (event) => process.stderr.write(`${event}\n`) });
  const services = new MadeUpServices(population, START_MS);
  const collector = new MetricCollector({ store, ...services.ports, onError: fail });
  const rollUp = new RollUp({ store, limitMiB: AMPLE_MIB, pause: turn });
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
    // Ctrl-C is heard between two turns of the event loop only.
    await turn();
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

/** Minute by minute, for after three hours ten seconds are minutes anyway. What it takes is looked at after so many days. */
async function playMonths(
  cleanup: Cleanup,
  { name, minute, limitMiB, lookedAtDays }: LongPlay,
  keep: (name: string, sample: Sample<Key>) => void,
): Promise<void> {
  const path = join(temporaryDirectory(cleanup), "metrics.db");
  const store = new MetricStore({ path, report: (event) => process.stderr.write(`${event}\n`) });
  const rollUp = new RollUp({ store, limitMiB, pause: turn });
  const hours = madeUpHours(minute);
  let hourMs = START_MS;
  for (const days of lookedAtDays) {
    const written = writtenBytes();
    const [fromMs, endMs] = [hourMs, START_MS + days * DAY_MS];
    for (; hourMs < endMs; hourMs += HOUR_MS) {
      store.write(hours(hourMs), []);
      await rollUp.sweep(hourMs);
    }
    keep(`${name}, ${days} days`, {
      writtenMiB: (writtenBytes() - written) / ((endMs - fromMs) / DAY_MS) / MIB,
      keptMiB: statSync(path).size / MIB,
      ...(days >= KEPT_DAYS && { yearMs: await readYearMs(store, endMs) }),
    });
  }
  store.close();
}

/** Hours that differ in each minute, and the same ones again after a while: making them took as long as keeping them. */
function madeUpHours(minute: typeof busyMinute): (hourMs: number) => readonly MeasuredBucket[] {
  const made = madeUpMinutes();
  const known: (readonly MeasuredBucket[])[] = [];
  return (hourMs) => {
    const place = ((hourMs - START_MS) / HOUR_MS) % DIFFERENT_HOURS;
    const hour = (known[place] ??= Array.from({ length: 60 }, (_, index) =>
      minute(made, index * 60_000),
    ).flat());
    return hour.map(({ owner, values, startMs }) => ({ owner, values, startMs: hourMs + startMs }));
  };
}

function readYearMs(store: MetricStore, endMs: number): Promise<number> {
  const query = {
    metric: "RequestLatency",
    serviceId: "s0",
    instanceId: null,
    startMs: endMs - KEPT_DAYS * DAY_MS,
    endMs,
    periodMs: DAY_MS,
  } as const;
  return medianMs(async () => {
    for (const point of await store.read(query)) point.quantile(0.99);
  });
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
