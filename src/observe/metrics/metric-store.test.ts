import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { MetricName } from "../../domain/metric.ts";
import { MetricStore } from "./metric-store.ts";
import { RollUp } from "./roll-up.ts";
import { Sketch } from "./sketch.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 0, 1);
const web = { serviceId: "a".repeat(32), serviceName: "web", instanceId: null };
const shop = { serviceId: "b".repeat(32), serviceName: "shop", instanceId: null };

class Bench {
  readonly reports: string[] = [];
  readonly path: string;
  store: MetricStore;
  nowMs = START_MS;
  /** Steps of sweeping until the process "dies"; null: it lives. */
  stepsToLive: number | null = null;

  constructor() {
    const directory = mkdtempSync(join(tmpdir(), "slipway-metrics-"));
    this.path = join(directory, "metrics.db");
    this.store = this.open();
    onTestFinished(() => {
      this.store.close();
      rmSync(directory, { recursive: true });
    });
  }

  open(): MetricStore {
    return new MetricStore({ path: this.path, report: (event) => this.reports.push(event) });
  }

  reopen(): void {
    this.store.close();
    this.store = this.open();
  }

  write(atMs: number, values: Partial<Record<MetricName, Sketch>>, owner = web): void {
    const entries = Object.entries(values) as [MetricName, Sketch][];
    this.store.write([{ owner, startMs: atMs, values: new Map(entries) }], []);
  }

  async sweep(limitMiB = 1024): Promise<void> {
    const pause = async (): Promise<void> => {
      if (this.stepsToLive !== null && this.stepsToLive-- === 0) throw new Error("killed");
    };
    await new RollUp({ store: this.store, limitMiB, pause }).sweep(this.nowMs);
  }

  /** So much time passes, with a sweep each hour at most: the horizon follows by an hour at a time. */
  async pass(durationMs: number): Promise<void> {
    const endMs = this.nowMs + durationMs;
    while (this.nowMs < endMs) {
      this.nowMs = Math.min(endMs, this.nowMs + HOUR_MS);
      await this.sweep();
    }
  }

  read(metric: MetricName, [startMs, endMs]: readonly [number, number], periodMs: number, owner = web) {
    const { serviceId, instanceId } = owner;
    return this.store.read({ metric, serviceId, instanceId, startMs, endMs, periodMs });
  }

  async total(metric: MetricName = "Requests") {
    const points = await this.read(metric, [0, this.nowMs + 10 * DAY_MS], HOUR_MS);
    return points.reduce((sum, point) => sum + point.sum, 0);
  }
}

describe("metrics that are kept", () => {
  it("are read in any multiple of ten seconds, aligned to the epoch", async () => {
    const bench = new Bench();
    for (let index = 0; index < 12; index++) {
      bench.write(START_MS + index * 10 * SECOND_MS, { Requests: Sketch.of(index) });
    }
    const endMs = START_MS + 2 * MINUTE_MS;
    const finest = await bench.read("Requests", [START_MS, endMs], 10 * SECOND_MS);
    expect(finest.map(({ sum }) => sum)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const half = await bench.read("Requests", [START_MS + 20 * SECOND_MS, endMs], 30 * SECOND_MS);
    expect(half.map(({ startMs, sum }) => [(startMs - START_MS) / SECOND_MS, sum])).toEqual([
      [0, 2],
      [30, 12],
      [60, 21],
      [90, 30],
    ]);
    const [minute] = await bench.read("Requests", [START_MS, endMs], MINUTE_MS);
    expect(minute).toMatchObject({ startMs: START_MS, count: 6, sum: 15, minimum: 0, maximum: 5 });
    expect(await bench.read("EgressBytes", [START_MS, endMs], MINUTE_MS)).toEqual([]);
    expect(await bench.read("Requests", [START_MS, endMs], MINUTE_MS, shop)).toEqual([]);
    await expect(bench.read("Requests", [START_MS, endMs], 15 * SECOND_MS)).rejects.toThrow(/multiple of 10/);
  });

  it("get coarser with age, and keep number, sum, least, greatest and percentiles", async () => {
    const bench = new Bench();
    const latencies = Array.from({ length: 600 }, (_, index) => 1 + ((index * 7919) % 1000));
    for (const [index, value] of latencies.entries()) {
      bench.write(START_MS + index * 10 * SECOND_MS, { RequestLatency: Sketch.of(value) });
    }
    const ages = [
      [4 * HOUR_MS, 60 * SECOND_MS, 100],
      [17 * DAY_MS, 5 * MINUTE_MS, 20],
      [75 * DAY_MS, HOUR_MS, 2],
    ] as const;
    for (const [ageMs, periodMs, count] of ages) {
      await bench.pass(START_MS + 100 * MINUTE_MS + ageMs - bench.nowMs);
      const range = [START_MS, START_MS + 100 * MINUTE_MS] as const;
      const points = await bench.read("RequestLatency", range, 10 * SECOND_MS);
      expect(points).toHaveLength(count);
      expect(points[1]?.startMs).toBe(START_MS + periodMs);
      const [all] = await bench.read("RequestLatency", range, DAY_MS);
      expect(all).toMatchObject({
        count: 600,
        minimum: Math.min(...latencies),
        maximum: Math.max(...latencies),
      });
      expect(all?.sum).toBe(latencies.reduce((sum, one) => sum + one, 0));
      const ordered = latencies.toSorted((one, other) => one - other);
      expect((all?.quantile(0.99) ?? 0) / (ordered[593] ?? 1)).toBeCloseTo(1, 1);
    }
    await bench.pass(400 * DAY_MS);
    expect(await bench.read("RequestLatency", [START_MS, bench.nowMs], DAY_MS)).toEqual([]);
  }, 60_000);

  it("lose nothing and double nothing, whenever the process is killed while it sweeps", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            ahead: fc.integer({ min: 0, max: 40 * 24 }),
            value: fc.integer({ min: 0, max: 1000 }),
            lateS: fc.integer({ min: 0, max: 20 * 86_400 }),
            steps: fc.option(fc.integer({ min: 0, max: 6 })),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        async (acts) => {
          const bench = new Bench();
          let written = 0;
          for (const { ahead, value, lateS, steps } of acts) {
            bench.nowMs += ahead * HOUR_MS;
            for (const owner of [web, shop]) bench.write(bench.nowMs, { Requests: Sketch.of(value) }, owner);
            bench.write(bench.nowMs - lateS * SECOND_MS, { Requests: Sketch.of(value) });
            written += 2 * value;
            bench.stepsToLive = steps;
            for (let times = 0; times < 5; times++) await bench.sweep().catch(() => bench.reopen());
            bench.stepsToLive = null;
            expect(await bench.total()).toBe(written);
          }
          bench.store.close();
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);

  it("survive a clock that jumps ahead by years and back", async () => {
    const bench = new Bench();
    await bench.sweep();
    for (let hour = 0; hour < 24; hour++) bench.write(START_MS + hour * HOUR_MS, { Requests: Sketch.of(1) });
    bench.nowMs = START_MS + DAY_MS;
    await bench.sweep();
    bench.nowMs += 3 * 365 * DAY_MS;
    bench.write(bench.nowMs, { Requests: Sketch.of(1) });
    for (let minute = 0; minute < 10; minute++) await bench.sweep();
    bench.nowMs = START_MS + DAY_MS;
    await bench.sweep();
    bench.write(bench.nowMs, { Requests: Sketch.of(1) });
    expect(await bench.total()).toBe(25);
  });

  it("stay within their space: the finest and oldest lose their detail, then the oldest go", async () => {
    const bench = new Bench();
    await bench.sweep();
    const noise = (seed: number) =>
      Sketch.of(...Array.from({ length: 60 }, (_, one) => (seed * 7919 * (one + 1)) % 9973));
    for (let hour = 0; hour < 6; hour++) {
      for (let index = 0; index < 360; index++) {
        const atMs = START_MS + hour * HOUR_MS + index * 10 * SECOND_MS;
        bench.write(atMs, { RequestLatency: noise(hour * 360 + index), Requests: Sketch.of(1) });
      }
    }
    bench.nowMs = START_MS + 6 * HOUR_MS;
    for (let times = 0; times < 7; times++) await bench.sweep(10);
    const limitMiB = 0.125;
    expect(bench.store.database.usedBytes()).toBeGreaterThan(limitMiB * 1024 * 1024);
    await bench.sweep(limitMiB);
    expect(bench.store.database.usedBytes()).toBeLessThanOrEqual(limitMiB * 1024 * 1024);
    expect(await bench.total()).toBe(6 * 360);
    await bench.sweep(0);
    expect(await bench.total()).toBe(0);
  });

  it("of a deleted service are listed by its name, for as long as they are there", async () => {
    const bench = new Bench();
    await bench.sweep();
    const instance = { ...web, instanceId: "c".repeat(32) };
    bench.write(START_MS, { Requests: Sketch.of(1) });
    bench.store.write(
      [{ owner: instance, startMs: START_MS, values: new Map([["CPUUtilization", Sketch.of(3)]]) }],
      [],
    );
    bench.write(START_MS + 5 * HOUR_MS, { Requests: Sketch.of(1) }, shop);
    bench.reopen();
    expect(await bench.store.list(0)).toEqual([
      { metric: "Requests", ...shop },
      { metric: "Requests", ...web },
      { metric: "CPUUtilization", ...instance },
    ]);
    expect(await bench.store.list(START_MS + 2 * HOUR_MS)).toEqual([{ metric: "Requests", ...shop }]);
    await bench.pass(480 * DAY_MS);
    expect(await bench.store.list(0)).toEqual([]);
    bench.write(bench.nowMs, { Requests: Sketch.of(1) });
    expect(await bench.store.list(0)).toEqual([{ metric: "Requests", ...web }]);
  }, 60_000);

  it("begin anew when the file is damaged, and say so", async () => {
    const bench = new Bench();
    bench.write(START_MS, { Requests: Sketch.of(1) });
    bench.store.close();
    writeFileSync(bench.path, "no database, but long enough to be looked at. ".repeat(100));
    bench.store = bench.open();
    expect(bench.reports).toHaveLength(1);
    expect(existsSync(`${bench.path}.damaged`)).toBe(true);
    bench.write(START_MS, { Requests: Sketch.of(2) });
    expect(await bench.total()).toBe(2);
  });

  it("begin anew when damage shows while running: the next write is kept", async () => {
    const bench = new Bench();
    for (let index = 0; index < 2000; index++) {
      bench.write(START_MS + index * 10 * SECOND_MS, { Requests: Sketch.of(index) });
    }
    bench.store.close();
    const size = 4096;
    const file = new DatabaseSync(bench.path);
    file.exec("pragma wal_checkpoint(truncate)");
    file.close();
    const handle = openSync(bench.path, "r+");
    for (let page = 1; page < 12; page++) writeSync(handle, Buffer.alloc(size, 0xa5), 0, size, page * size);
    closeSync(handle);
    bench.store = bench.open();
    try {
      bench.write(START_MS, { Requests: Sketch.of(1) });
    } catch {
      bench.write(START_MS, { Requests: Sketch.of(1) });
    }
    expect(bench.reports).toHaveLength(1);
    expect(await bench.total()).toBe(1);
  });

  it("are kept in memory while the file cannot be opened, which is left as it is", async () => {
    const bench = new Bench();
    bench.write(START_MS, { Requests: Sketch.of(1) });
    bench.store.close();
    renameSync(bench.path, `${bench.path}.sound`);
    mkdirSync(bench.path);
    bench.store = bench.open();
    bench.write(START_MS, { Requests: Sketch.of(2) });
    expect(await bench.total()).toBe(2);
    expect(bench.reports).toEqual([expect.stringContaining("not kept")]);
    expect(existsSync(`${bench.path}.damaged`)).toBe(false);
  });

  it("of a later version are set aside unharmed", async () => {
    const bench = new Bench();
    bench.store.close();
    const file = new DatabaseSync(bench.path);
    file.exec("pragma user_version = 99");
    file.close();
    bench.store = bench.open();
    expect(bench.reports).toHaveLength(1);
    const aside = new DatabaseSync(`${bench.path}.damaged`);
    expect(aside.prepare("pragma user_version").get()).toEqual({ user_version: 99 });
    aside.close();
  });

  it("come with the counters they were made of, or not at all", () => {
    const bench = new Bench();
    const bucket = { owner: web, startMs: START_MS, values: new Map([["Requests" as const, Sketch.of(1)]]) };
    bench.store.write([bucket], [{ worker: "1@2", name: "slot_1", value: "5,5" }]);
    bench.store.write([], [{ worker: "1@2", name: "slot_2", value: "7" }]);
    bench.store.write([], [{ worker: "1@2", name: "slot_1", value: null }]);
    bench.reopen();
    expect(bench.store.marks()).toEqual([{ worker: "1@2", name: "slot_2", value: "7" }]);
  });
});
