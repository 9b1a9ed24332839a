import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { MetricName } from "../../domain/metric.ts";
import type { InstanceUsage } from "../../ports/container-engine.ts";
import type { CounterQuestion, SlotCounters, WorkerCounters } from "../../ports/edge-traffic.ts";
import type { ServiceRequest } from "../../ports/request-log.ts";
import type { ScaledInstance, ScaledService } from "../../ports/scaling.ts";
import { MetricCollector } from "./metric-collector.ts";
import { MetricStore } from "./metric-store.ts";

const START_MS = Date.UTC(2026, 0, 1);
const ROUND_MS = 10_000;
const signal = new AbortController().signal;

function aService(change: Partial<ScaledService> = {}): ScaledService {
  const service = {
    hosts: ["web.test"],
    slot: 2,
    policy: {
      maxConcurrency: 10,
      minSize: 1,
      maxSize: 5,
      cpuTarget: null,
      memoryTarget: null,
      idleMode: "throttle",
    } as unknown as ScaledService["policy"],
    instanceSize: { cpuMillis: 500, memoryMiB: 1000 },
    instances: instances(1),
    activeSinceMs: 0,
    isDeployedAutomatically: false,
  };
  return { ...service, ...change };
}

function instances(count: number, state: ScaledInstance["state"] = "ready"): readonly ScaledInstance[] {
  return Array.from({ length: count }, (_, index) => ({ instanceId: `i${index + 1}`, state }));
}

function aRequest(totalMs: number, change: Partial<ServiceRequest> = {}): ServiceRequest {
  return {
    startedAtMs: START_MS,
    host: "web.test",
    slot: 2,
    instanceId: "i1",
    method: "GET",
    path: "/",
    status: 200,
    responseBytes: 10,
    clientAddress: "127.0.0.1",
    scheme: "http",
    requestId: "r",
    timings: { heldMs: null, queuedMs: 0, connectMs: 0, responseMs: 1, totalMs },
    isForAccessLog: false,
    cut: null,
    trace: null,
    weight: 1,
    service: { id: "web", name: "web" },
    ...change,
  };
}

/** A collector on a real database, with edge, engine and time in the test's hand. */
class Bench {
  nowMs = START_MS;
  readonly store: MetricStore;
  collector: MetricCollector;
  readonly errors: unknown[] = [];
  readonly questions: CounterQuestion[] = [];
  readonly usage = new Map<string, InstanceUsage>();
  isEdgeAway = false;
  isDiskFull = false;
  #worker = 1;
  #slots = new Map<number, SlotCounters>();
  #refusals: WorkerCounters["refusals"] = new Map();
  #round = 0;

  constructor() {
    const directory = mkdtempSync(join(tmpdir(), "slipway-metrics-"));
    this.store = new MetricStore({ path: join(directory, "metrics.db"), report: () => undefined });
    this.collector = this.start();
    onTestFinished(() => {
      this.store.close();
      rmSync(directory, { recursive: true });
    });
  }

  start(): MetricCollector {
    return new MetricCollector({
      store: {
        marks: () => this.store.marks(),
        write: (buckets, marks) => {
          if (this.isDiskFull) throw new Error("disk full");
          this.store.write(buckets, marks);
        },
      },
      edge: {
        readCounters: async (question) => {
          this.questions.push(question);
          return this.isEdgeAway ? "unknown" : [this.#counters(question)];
        },
      },
      engine: { readUsage: async (ids) => new Map([...this.usage].filter(([id]) => ids.includes(id))) },
      clock: { now: () => this.nowMs, sleep: async () => undefined },
      serviceName: async (id) => `name of ${id}`,
      onError: (error) => this.errors.push(error),
    });
  }

  requests(slot: number, count: number, status = 2): void {
    const before = this.#slots.get(slot);
    const statuses = [0, 1, 2, 3, 4].map((index) => {
      return (before?.statusCounts[index] ?? 0) + (index === status - 1 ? count : 0);
    });
    const [s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0] = statuses;
    this.#slots.set(slot, {
      requestCount: (before?.requestCount ?? 0) + count,
      statusCounts: [s1, s2, s3, s4, s5],
      responseBytes: (before?.responseBytes ?? 0) + count * 100,
      presentCount: 0,
    });
  }

  refuse({ fullCount = 0, lateCount = 0, awayCount = 0 }): void {
    this.#refusals = new Map([["web.test", { fullCount, lateCount, guardedCount: 0, awayCount }]]);
  }

  crashEdge(): void {
    this.#worker++;
    this.#slots = new Map();
  }

  sample(inFlight: Readonly<Record<string, number>>, queued = 0, held = 0): void {
    const load = { inFlight: new Map(Object.entries(inFlight)), queued, requestCount: 0 };
    this.collector.sample("web", load, this.nowMs, held);
  }

  async rounds(count: number): Promise<void> {
    for (let times = 0; times < count; times++) {
      this.nowMs += ROUND_MS;
      await this.collector.collect(this.#round++, signal).catch((error: unknown) => this.errors.push(error));
    }
  }

  async values(metric: MetricName, instanceId: string | null = null, serviceId = "web") {
    const range = { startMs: START_MS - 1e9, endMs: this.nowMs + 1e9, periodMs: ROUND_MS };
    return this.store.read({ metric, serviceId, instanceId, ...range });
  }

  async sums(metric: MetricName, serviceId = "web"): Promise<readonly number[]> {
    return (await this.values(metric, null, serviceId)).map(({ sum }) => sum);
  }

  #counters({ slots }: CounterQuestion): WorkerCounters {
    return {
      worker: String(this.#worker),
      startedAtMs: START_MS,
      slots: new Map([...this.#slots].filter(([slot]) => slots.includes(slot))),
      refusals: this.#refusals,
    };
  }
}

describe("collecting", () => {
  it("counts requests, statuses and bytes exactly, over a crash of the edge and one of ours", async () => {
    const bench = new Bench();
    bench.collector.see("web", aService());
    bench.requests(2, 10);
    bench.requests(2, 3, 5);
    await bench.rounds(1);
    bench.sample({ i1: 1 });
    bench.requests(2, 7);
    bench.crashEdge();
    bench.requests(2, 4, 4);
    await bench.rounds(1);
    bench.collector = bench.start();
    bench.requests(2, 5);
    bench.collector.see("web", aService());
    await bench.rounds(3);
    expect(await bench.sums("Requests")).toEqual([13, 4, 5]);
    expect(await bench.sums("2xxStatusResponses")).toEqual([10, 0, 5]);
    expect(await bench.sums("4xxStatusResponses")).toEqual([0, 4, 0]);
    expect(await bench.sums("5xxStatusResponses")).toEqual([3, 0, 0]);
    expect(await bench.sums("EgressBytes")).toEqual([1300, 400, 500]);
    expect((await bench.values("Requests"))[0]?.startMs).toBe(START_MS);
    expect(bench.errors).toEqual([]);
  });

  it("asks the edge only for slots that something was heard of", async () => {
    const bench = new Bench();
    for (let index = 0; index < 100; index++) bench.collector.see(`s${index}`, aService({ slot: index * 2 }));
    bench.collector.see("web", aService({ slot: 1000 }));
    await bench.rounds(3);
    bench.questions.length = 0;
    await bench.rounds(3);
    expect(bench.questions).toEqual([]);
    bench.sample({ i1: 1 });
    await bench.rounds(4);
    expect(bench.questions.map(({ slots }) => slots)).toEqual([[1000], [1000]]);
  });

  it("counts what ends in the slot that was left, and never gives it to who takes the slot next", async () => {
    const bench = new Bench();
    bench.collector.see("web", aService());
    await bench.rounds(1);
    bench.collector.see("web", aService({ slot: 3 }));
    bench.requests(2, 5);
    bench.requests(3, 6);
    await bench.rounds(1);
    expect(await bench.sums("Requests")).toEqual([11]);
    bench.sample({ i1: 1 });
    bench.requests(3, 2);
    bench.collector.forget("web");
    bench.collector.see("next", aService({ slot: 2, hosts: ["next.test"] }));
    bench.requests(2, 9);
    await bench.rounds(5);
    expect(await bench.sums("Requests")).toEqual([11, 2]);
    expect(await bench.sums("Requests", "next")).toEqual([9]);
    expect([...bench.collector.live.services].map(({ owner }) => owner.serviceId)).toEqual(["next"]);
  });

  it("counts what its gate refused", async () => {
    const bench = new Bench();
    bench.collector.see("web", aService({ instances: [] }));
    bench.refuse({ fullCount: 4, lateCount: 1 });
    await bench.rounds(1);
    expect(await bench.sums("Requests")).toEqual([5]);
    expect(await bench.sums("4xxStatusResponses")).toEqual([4]);
    expect(await bench.sums("5xxStatusResponses")).toEqual([1]);
  });

  it("counts what is refused of a paused service, asking only for those that are called", async () => {
    const bench = new Bench();
    const refused = { slot: null, serviceHost: "web.test", instanceId: null, status: 503 } as const;
    bench.collector.take([aRequest(1, { ...refused, cut: "refused" })], 0);
    bench.refuse({ awayCount: 40 });
    await bench.rounds(1);
    bench.collector.see("web", aService());
    bench.refuse({ awayCount: 45 });
    await bench.rounds(1);
    await bench.rounds(4);
    expect(bench.questions.map(({ hosts }) => hosts)).toEqual([
      ["web.test"],
      ["web.test"],
      ["web.test"],
      ["web.test"],
    ]);
    expect(await bench.sums("Requests")).toEqual([40, 5]);
    expect(await bench.sums("5xxStatusResponses")).toEqual([40, 5]);
  });

  it("writes nothing for a service at zero, and once a minute for one at rest", async () => {
    const bench = new Bench();
    bench.collector.see("web", aService({ instances: [] }));
    bench.collector.see("resting", aService({ slot: 4, instances: instances(2) }));
    bench.usage.set("i1", { cpuMs: 0, memoryMiB: 250 });
    bench.usage.set("i2", { cpuMs: 0, memoryMiB: 500 });
    await bench.rounds(6);
    bench.usage.set("i1", { cpuMs: 3000, memoryMiB: 250 });
    await bench.rounds(12);
    expect(await bench.values("ProvisionedInstances")).toEqual([]);
    expect(await bench.sums("ProvisionedInstances", "resting")).toEqual([2, 2, 2]);
    const [first] = await bench.values("MemoryUtilization", null, "resting");
    expect(first).toMatchObject({ count: 2, minimum: 25, maximum: 50 });
    const cpu = await bench.values("CPUUtilization", "i1", "resting");
    expect(cpu.map(({ sum }) => sum)).toEqual([10, 0]);
  });

  it("takes concurrency and queue from every sample, and tells how many instances were active", async () => {
    const bench = new Bench();
    bench.collector.see("web", aService({ instances: instances(3) }));
    await bench.rounds(1);
    for (const inFlight of [2, 4, 6]) bench.sample({ i1: inFlight, i2: 1, i3: 0 }, inFlight - 2);
    await bench.rounds(1);
    const [concurrency] = (await bench.values("Concurrency")).slice(-1);
    expect(concurrency).toMatchObject({ count: 3, sum: 15, minimum: 3, maximum: 7 });
    expect((await bench.values("QueuedRequests")).at(-1)).toMatchObject({ sum: 6, maximum: 4 });
    expect((await bench.sums("ActiveInstances")).at(-1)).toBe(2);
    bench.sample({ i1: 0, i2: 0, i3: 0 }, 0, 5);
    expect([...bench.collector.live.services].map(({ queued }) => queued)).toEqual([5]);
    bench.requests(2, 50);
    await bench.rounds(1);
    expect((await bench.sums("ActiveInstances")).at(-1)).toBe(3);
  });

  it("makes percentiles of the timings of single requests, by their weight", async () => {
    const bench = new Bench();
    bench.collector.take([aRequest(10, { weight: 98 }), aRequest(500), aRequest(1000)], 7);
    bench.collector.take(
      [aRequest(9000, { status: 101 }), aRequest(5, { status: 0 }), aRequest(1, { service: null })],
      0,
    );
    await bench.rounds(1);
    const [latency] = await bench.values("RequestLatency");
    expect(latency).toMatchObject({ count: 100, minimum: 10, maximum: 1000, sum: 2480 });
    expect(latency?.quantile(0.5)).toBeCloseTo(10, 0);
    expect((latency?.quantile(0.99) ?? 0) / 500).toBeCloseTo(1, 1);
    expect(bench.collector.lostRequests).toBe(7);
  });

  it("leaves out timings that are none: they would keep all others from being written", async () => {
    const bench = new Bench();
    const wrong = [
      aRequest(Number.NaN),
      aRequest(-1),
      aRequest(Infinity),
      aRequest(5, { startedAtMs: Number.NaN }),
      aRequest(5, { weight: 0 }),
      aRequest(5, { weight: 1.5 }),
    ];
    bench.collector.take([...wrong, aRequest(10)], 0);
    await bench.rounds(1);
    expect(await bench.values("RequestLatency")).toMatchObject([{ count: 1, sum: 10 }]);
    expect(bench.collector.lostRequests).toBe(wrong.length);
  });

  it("loses nothing while the edge is silent or the disk is full", async () => {
    const bench = new Bench();
    bench.collector.see("web", aService());
    await bench.rounds(1);
    bench.isEdgeAway = true;
    bench.requests(2, 3);
    bench.sample({ i1: 1 });
    await bench.rounds(2);
    bench.isEdgeAway = false;
    bench.isDiskFull = true;
    bench.requests(2, 4);
    await bench.rounds(1);
    bench.requests(2, 5);
    bench.isDiskFull = false;
    await bench.rounds(1);
    expect(await bench.sums("Requests")).toEqual([7, 5]);
    expect(bench.errors).toHaveLength(1);
  });
});
