import { afterEach, describe, expect, it } from "vitest";
import type { ScalePolicy } from "../domain/scaling.ts";
import { addUsage, noUsage, type UsageAmounts } from "../domain/usage.ts";
import { FakeClock } from "../operations/testing/fake-clock.ts";
import { FakeEdgeTraffic } from "../ports/fake-edge-traffic.ts";
import type { ScaledInstance, ScaledService } from "../ports/scaling.ts";
import { Autoscaler } from "./autoscaler.ts";
import type { InstanceReading } from "./resource-meter.ts";
import { plainPolicy } from "./testing/fluid-service.ts";
import { UsageMeter } from "./usage-meter.ts";

const MINUTE_MS = 60_000;
const toZero: ScalePolicy = { ...plainPolicy, scaleToZeroMs: 15 * MINUTE_MS };

/** An autoscaler with everything around it in the test's hand. */
class Bench {
  readonly clock = new FakeClock();
  readonly traffic = new FakeEdgeTraffic();
  readonly changes: string[] = [];
  readonly woken: string[] = [];
  readonly errors: unknown[] = [];
  /** Requests at a closed gate, of each sample. */
  readonly held: number[] = [];
  readonly usageCalls: (readonly string[])[] = [];
  usage: ReadonlyMap<string, InstanceReading> = new Map();
  readonly meter = new UsageMeter(this.clock.now());
  readonly autoscaler = new Autoscaler({
    traffic: this.traffic,
    clock: this.clock,
    wakeInstances: async (ids) => void this.woken.push(...ids),
    readUsage: async (ids) => {
      this.usageCalls.push(ids);
      return this.usage;
    },
    onChange: (serviceId) => void this.changes.push(serviceId),
    onError: (error) => void this.errors.push(error),
    usage: {
      see: (...news) => this.meter.see(...news),
      sample: (id, load, nowMs, heldCount) => {
        this.held.push(heldCount);
        this.meter.sample(id, load, nowMs);
      },
      forget: (...news) => this.meter.forget(...news),
    },
  });
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  readonly #services = new Map<string, ScaledService>();

  run(): void {
    this.#running = this.autoscaler.run(this.#stop.signal);
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error("stopped"));
    await this.#running;
  }

  /** As the heart does it: again and again, with what is so now. */
  track(serviceId: string, changes: Partial<ScaledService> = {}) {
    const before = this.#services.get(serviceId) ?? {
      hosts: [`${serviceId}.test`],
      slot: this.#services.size,
      policy: plainPolicy,
      instanceSize: { cpuMillis: 1000, memoryMiB: 1000 },
      instances: [anInstance(serviceId, "ready")],
      activeSinceMs: this.clock.now() - 60 * MINUTE_MS,
      isDeployedAutomatically: false,
    };
    const service = { ...before, ...changes };
    this.#services.set(serviceId, service);
    return this.autoscaler.track(serviceId, service);
  }

  async advance(durationMs: number): Promise<void> {
    await this.clock.advance(durationMs, settle);
  }
}

function anInstance(serviceId: string, state: ScaledInstance["state"], number = 1): ScaledInstance {
  return { instanceId: `${serviceId}-${number}`, state };
}

/** Lets promises that are settled do what hangs on them. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}

let bench = new Bench();

afterEach(async () => {
  await bench.stop();
  bench = new Bench();
});

describe("busy services", () => {
  it("are sampled ten times a second, all in one call", async () => {
    bench.traffic.setLoad(0, { inFlight: new Map([["a-1", 6]]) });
    bench.traffic.setLoad(1, { queued: 1 });
    bench.track("a");
    bench.track("b");
    bench.run();
    await bench.advance(5000);
    bench.traffic.calls.splice(0);
    await bench.advance(1000);
    expect(bench.traffic.calls).toHaveLength(10);
    expect(bench.traffic.calls.every((slots) => slots.length === 2)).toBe(true);
  });

  it("are sampled half as often while they are calm, and nothing is asked when all are", async () => {
    bench.traffic.setLoad(0, { inFlight: new Map([["a-1", 2]]) });
    bench.traffic.setLoad(1, { inFlight: new Map([["b-1", 3]]) });
    bench.track("a");
    bench.track("b");
    bench.run();
    await bench.advance(5000);
    bench.traffic.calls.splice(0);
    await bench.advance(1000);
    expect(bench.traffic.calls.filter((slots) => slots.length === 2)).toHaveLength(5);
    expect(bench.traffic.calls.filter((slots) => slots.length === 1)).toEqual([[1], [1], [1], [1], [1]]);
    bench.traffic.setLoad(1, { inFlight: new Map([["b-1", 2]]) });
    await bench.advance(2000);
    bench.traffic.calls.splice(0);
    await bench.advance(1000);
    expect(bench.traffic.calls).toEqual(Array.from({ length: 5 }, () => [0, 1]));
  });

  it("get more instances within 300 ms of a load that eight would carry", async () => {
    bench.traffic.setLoad(0, { inFlight: new Map([["a-1", 5]]), requestCount: 1 });
    bench.track("a");
    bench.run();
    await bench.advance(2 * MINUTE_MS + 50);
    bench.traffic.setLoad(0, { inFlight: new Map([["a-1", 10]]), queued: 70, requestCount: 80 });
    await bench.advance(300);
    expect(bench.changes).toEqual(["a"]);
    expect(bench.track("a")).toMatchObject({
      count: 12,
      reason: "10 requests in flight and 70 waiting need 12 instances at 7 each",
    });
  });

  it("get more instances as soon when they were calm before", async () => {
    bench.traffic.setLoad(0, { inFlight: new Map([["a-1", 1]]), requestCount: 1 });
    bench.track("a");
    bench.run();
    // One moment after a sample, so that the next one is as far away as can be.
    await bench.advance(2 * MINUTE_MS + 10);
    bench.traffic.setLoad(0, { inFlight: new Map([["a-1", 10]]), queued: 70, requestCount: 80 });
    await bench.advance(300);
    expect(bench.changes).toEqual(["a"]);
    expect(bench.track("a").count).toBe(12);
  });

  it("keep what they have while the edge does not answer", async () => {
    const instances = [1, 2, 3].map((number) => anInstance("a", "ready", number));
    bench.track("a", { instances });
    bench.run();
    bench.traffic.isUnknown = true;
    await bench.advance(60 * MINUTE_MS);
    expect(bench.changes).toEqual([]);
    expect(bench.track("a")).toMatchObject({ count: 3, activity: "run", gate: "open" });
  });

  it("scale by processor use when that has a target, and only then are asked for it", async () => {
    bench.traffic.setLoad(0, { inFlight: new Map([["a-1", 1]]) });
    bench.traffic.setLoad(1, { inFlight: new Map([["b-1", 1]]) });
    bench.track("a", { policy: { ...plainPolicy, cpuTarget: 0.5 } });
    bench.track("b");
    bench.run();
    for (let cpuMs = 0; cpuMs < 200_000; cpuMs += 5000) {
      bench.usage = new Map([["a-1", { cpuMs, memoryMiB: 100 }]]);
      await bench.advance(5000);
    }
    expect(new Set(bench.usageCalls.flat())).toEqual(new Set(["a-1"]));
    expect(bench.track("a").count).toBe(2);
    expect(bench.track("b").count).toBe(1);
  });
});

describe("quiet services", () => {
  async function quiet(policy: ScalePolicy = plainPolicy): Promise<void> {
    bench.traffic.setLoad(0, { requestCount: 7 });
    bench.track("a", { policy });
    bench.run();
    await bench.advance(10_000);
    bench.track("a", { instances: [anInstance("a", "idle")] });
    await bench.advance(4000);
  }

  it("stay at rest over a restart of ours, but are looked at: a request may wait that nobody told us of", async () => {
    bench.traffic.setLoad(0, {});
    bench.traffic.setLoad(1, { inFlight: new Map([["b-1", 1]]) });
    for (const id of ["a", "b"]) {
      expect(bench.track(id, { instances: [anInstance(id, "idle")] })).toMatchObject({ gate: "watched" });
    }
    bench.run();
    await bench.advance(300);
    expect(bench.changes).toEqual(["b"]);
    await bench.advance(5000);
    expect(bench.track("a")).toMatchObject({ activity: "throttle", gate: "watched" });
    expect(bench.track("b")).toMatchObject({ activity: "run", gate: "open" });
  });

  it("are told of, and cost nothing from then on but a look each half minute", async () => {
    await quiet();
    expect(bench.changes).toEqual(["a"]);
    expect(bench.track("a")).toMatchObject({ activity: "throttle", gate: "watched" });
    const calls = bench.traffic.calls.length;
    await bench.advance(5 * MINUTE_MS);
    expect(bench.traffic.calls.length - calls).toBe(10);
  });

  it("are thawed at once by a request, then told of, then sampled", async () => {
    await quiet();
    bench.traffic.arrive("A.test");
    await settle();
    expect(bench.woken).toEqual(["a-1"]);
    expect(bench.changes).toEqual(["a", "a"]);
    expect(bench.track("a")).toMatchObject({ activity: "run", gate: "open", reason: "a request came" });
    const calls = bench.traffic.calls.length;
    await bench.advance(1000);
    expect(bench.traffic.calls.length - calls).toBeGreaterThanOrEqual(5);
  });

  it("are thawed also before the heart has said that they are idle", async () => {
    bench.traffic.setLoad(0, {});
    bench.track("a");
    bench.run();
    await bench.advance(11_000);
    bench.traffic.arrive("a.test");
    await settle();
    expect(bench.woken).toEqual(["a-1"]);
  });

  it("are looked at a little longer: a request may have passed just before the gate was watched", async () => {
    bench.traffic.setLoad(0, { requestCount: 7 });
    bench.track("a");
    bench.run();
    await bench.advance(10_500);
    expect(bench.track("a")).toMatchObject({ gate: "watched" });
    bench.traffic.setLoad(0, { requestCount: 8 });
    await bench.advance(100);
    expect(bench.track("a")).toMatchObject({ activity: "run", gate: "open" });
  });

  it("are looked at again when the heart, late, has made them idle", async () => {
    bench.traffic.setLoad(0, { requestCount: 7 });
    bench.track("a");
    bench.run();
    await bench.advance(15_000);
    bench.traffic.setLoad(0, { inFlight: new Map([["a-1", 1]]), requestCount: 8 });
    await bench.advance(1000);
    expect(bench.track("a", { instances: [anInstance("a", "idle")] })).toMatchObject({ gate: "watched" });
    await bench.advance(100);
    expect(bench.track("a")).toMatchObject({ activity: "run", gate: "open" });
  });

  it("were quiet for the mean load too: a short burst is no lasting load", async () => {
    await quiet();
    await bench.advance(MINUTE_MS);
    bench.traffic.arrive("a.test");
    bench.traffic.setLoad(0, { inFlight: new Map([["a-1", 8]]), requestCount: 15 });
    await bench.advance(2000);
    bench.traffic.setLoad(0, { requestCount: 15 });
    await bench.advance(5000);
    expect(bench.track("a", { instances: [anInstance("a", "ready")] })).toMatchObject({ count: 1 });
    expect(bench.autoscaler.decisions("a").every(({ count }) => count === 1)).toBe(true);
  });

  it("are found by their load while arrivals cannot be read", async () => {
    await quiet();
    bench.traffic.breakArrivals(new Error("no socket"));
    await bench.advance(1000);
    bench.traffic.setLoad(0, { requestCount: 8 });
    await bench.advance(200);
    expect(bench.track("a")).toMatchObject({ activity: "run", gate: "open" });
  });

  it("are sampled again as soon as the edge does not answer for a busy one", async () => {
    await quiet();
    bench.traffic.setLoad(1, { inFlight: new Map([["b-1", 1]]) });
    bench.track("b");
    await bench.advance(1000);
    expect(bench.traffic.calls.at(-1)).toEqual([1]);
    bench.traffic.isUnknown = true;
    await bench.advance(200);
    expect(bench.traffic.calls.at(-1)).toEqual([1, 0]);
  });

  it("are found by the round when the gate's word was lost", async () => {
    await quiet();
    bench.traffic.setLoad(0, { requestCount: 8 });
    await bench.advance(17_000);
    expect(bench.woken).toEqual(["a-1"]);
    expect(bench.track("a")).toMatchObject({ activity: "run", gate: "open" });
  });

  it("are not found by the round when the edge has only begun to count anew", async () => {
    await quiet();
    bench.traffic.setLoad(0, { requestCount: 0 });
    await bench.advance(MINUTE_MS);
    expect(bench.woken).toEqual([]);
  });

  it("go to zero in time, and come back when somebody is held", async () => {
    await quiet(toZero);
    await bench.advance(15 * MINUTE_MS);
    expect(bench.track("a")).toMatchObject({ count: 1, activity: "freeze", gate: "watched" });
    await bench.advance(10 * MINUTE_MS);
    expect(bench.track("a", { instances: [] })).toMatchObject({ count: 0, gate: "closed" });
    bench.traffic.arrive("a.test", 3);
    await settle();
    expect(bench.track("a")).toMatchObject({ count: 1, activity: "run", gate: "closed" });
    expect(bench.track("a", { instances: [anInstance("a", "starting")] })).toMatchObject({ gate: "closed" });
    expect(bench.track("a", { instances: [anInstance("a", "ready")] })).toMatchObject({ gate: "open" });
    expect(bench.autoscaler.decisions("a").map(({ count, activity }) => `${count} ${activity}`)).toEqual([
      "1 run",
      "1 throttle",
      "1 freeze",
      "0 freeze",
      "1 run",
      "1 run",
    ]);
  });

  it("are told with the requests that their gate holds, until there is an instance", async () => {
    await quiet({ ...toZero, scaleToZeroMs: 5000, warmZeroMs: 0 });
    bench.track("a", { instances: [] });
    bench.held.length = 0;
    bench.traffic.arrive("a.test", 3);
    await bench.advance(1000);
    expect(new Set(bench.held)).toEqual(new Set([3]));
    bench.track("a", { instances: [anInstance("a", "ready")] });
    bench.held.length = 0;
    await bench.advance(1000);
    expect(new Set(bench.held)).toEqual(new Set([0]));
  });

  it("go to zero in time also when the clock is set back meanwhile", async () => {
    await quiet(toZero);
    bench.clock.setBack(24 * 60 * MINUTE_MS);
    await bench.advance(16 * MINUTE_MS);
    expect(bench.track("a")).toMatchObject({ count: 1, activity: "freeze", gate: "watched" });
  });

  it("stay awake as long as somebody is held, and no longer", async () => {
    await quiet({ ...toZero, scaleToZeroMs: 5000, warmZeroMs: 0 });
    expect(bench.track("a", { instances: [] })).toMatchObject({ count: 0 });
    for (let second = 0; second < 60; second++) {
      bench.traffic.arrive("a.test", 1);
      await bench.advance(1000);
    }
    expect(bench.track("a", { instances: [anInstance("a", "starting")] })).toMatchObject({ count: 1 });
    await bench.advance(8000);
    expect(bench.track("a")).toMatchObject({ count: 0 });
  });

  it("are sampled, and not taken for quiet any longer, while arrivals cannot be read", async () => {
    await quiet(toZero);
    bench.traffic.isUnknown = true;
    bench.traffic.breakArrivals(new Error("no socket"));
    const calls = bench.traffic.calls.length;
    await bench.advance(60 * MINUTE_MS);
    expect(bench.traffic.calls.length - calls).toBeGreaterThan(30_000);
    expect(bench.track("a")).toMatchObject({ count: 1, activity: "throttle", gate: "watched" });
    expect(bench.errors[0]).toEqual(new Error("no socket"));

    bench.traffic.isUnknown = false;
    bench.traffic.arrivalProblem = null;
    await bench.advance(5000);
    const callsThen = bench.traffic.calls.length;
    await bench.advance(20_000);
    expect(bench.traffic.calls.length - callsThen).toBeLessThanOrEqual(1);
    bench.traffic.arrive("a.test");
    await settle();
    expect(bench.track("a")).toMatchObject({ activity: "run" });
  });
});

describe("services at zero", () => {
  const atZero: Partial<ScaledService> = { policy: toZero, instances: [] };

  it("are asked nothing of, however many there are, also after the edge was silent", async () => {
    bench.traffic.setLoad(0, { requestCount: 7 });
    bench.track("a");
    for (let number = 1; number <= 1000; number++) bench.track(`zero-${number}`, atZero);
    bench.run();
    await bench.advance(15_000);
    bench.traffic.calls.splice(0);
    await bench.advance(MINUTE_MS);
    expect(bench.traffic.calls).toEqual([[0], [0]]);
    bench.traffic.calls.splice(0);
    bench.traffic.breakArrivals(new Error("no socket"));
    await bench.advance(1000);
    expect(bench.traffic.calls.length).toBeGreaterThan(3);
    expect(bench.traffic.calls.every((slots) => slots.length === 1 && slots[0] === 0)).toBe(true);
  });

  it("are looked at by the round as long as an instance is left", async () => {
    bench.traffic.setLoad(0, { requestCount: 7 });
    bench.track("a", { policy: { ...toZero, scaleToZeroMs: 5000, warmZeroMs: 0 } });
    bench.run();
    await bench.advance(20_000);
    expect(bench.track("a")).toMatchObject({ count: 0, gate: "closed" });
    bench.traffic.setLoad(0, { requestCount: 8 });
    await bench.advance(MINUTE_MS);
    expect(bench.autoscaler.decisions("a").at(-2)).toMatchObject({ count: 1, activity: "run" });
  });
});

describe("tracking", () => {
  it("an unchanged service decides nothing", () => {
    const wish = bench.track("a");
    bench.clock.jump(MINUTE_MS);
    expect(bench.track("a")).toBe(wish);
  });

  it("a deployment wakes a service, and its new slot counts anew", async () => {
    bench.traffic.setLoad(0, { requestCount: 1000 });
    bench.traffic.setLoad(5, { requestCount: 3 });
    bench.track("a");
    bench.run();
    await bench.advance(20_000);
    expect(bench.track("a")).toMatchObject({ gate: "watched" });
    const deployed = { activeSinceMs: bench.clock.now() };
    expect(bench.track("a", deployed)).toMatchObject({ activity: "run", gate: "open" });
    await bench.advance(5000);
    expect(bench.traffic.calls.at(-1)).toEqual([0]);
    bench.track("a", { slot: 5 });
    await bench.advance(5100);
    expect(bench.track("a")).toMatchObject({ gate: "watched" });
    expect(bench.traffic.calls.at(-1)).toEqual([5]);
  });

  it("a forgotten service is neither sampled nor woken", async () => {
    bench.track("a");
    bench.run();
    await bench.advance(200);
    bench.autoscaler.forget("a");
    const calls = bench.traffic.calls.length;
    bench.traffic.arrive("a.test");
    await bench.advance(MINUTE_MS);
    expect(bench.traffic.calls).toHaveLength(calls);
    expect(bench.woken).toEqual([]);
    expect(bench.autoscaler.decisions("a")).toEqual([]);
    bench.track("a");
    await bench.advance(1000);
    expect(bench.traffic.calls.length).toBeGreaterThan(calls);
  });

  it("a service that is forgotten while it is sampled gets no more decisions", async () => {
    const answer = Promise.withResolvers<void>();
    const load = { inFlight: new Map([["a-1", 45]]), queued: 0, requestCount: 45 };
    bench.traffic.sampleLoad = async () => {
      await answer.promise;
      return new Map([[0, load]]);
    };
    bench.track("a");
    bench.run();
    await bench.advance(10);
    bench.autoscaler.forget("a");
    answer.resolve();
    await settle();
    expect(bench.changes).toEqual([]);
  });

  it("a host that moved wakes its new service", async () => {
    bench.traffic.setLoad(0, {});
    bench.traffic.setLoad(1, {});
    bench.track("a", { hosts: ["shop.test"] });
    bench.track("b", { hosts: [] });
    bench.run();
    await bench.advance(20_000);
    bench.track("b", { hosts: ["shop.test"] });
    bench.track("a", { hosts: [] });
    bench.traffic.arrive("shop.test");
    await settle();
    expect(bench.woken).toEqual(["b-1"]);
  });

  it("keeps the last twenty decisions", async () => {
    bench.traffic.setLoad(0, {});
    bench.track("a");
    bench.run();
    for (let round = 0; round < 15; round++) {
      await bench.advance(20_000);
      bench.traffic.arrive("a.test");
      await settle();
    }
    const decisions = bench.autoscaler.decisions("a");
    expect(decisions).toHaveLength(20);
    expect(decisions.at(-1)).toMatchObject({ atMs: bench.clock.now(), reason: "a request came" });
  });
});

describe("an edge or an engine that fails", () => {
  it("is said, and changes nothing", async () => {
    bench.track("a");
    bench.traffic.sampleLoad = () => Promise.reject(new Error("broken"));
    bench.run();
    await bench.advance(20_000);
    expect(bench.errors).toContainEqual(new Error("broken"));
    expect(bench.track("a")).toMatchObject({ activity: "run", gate: "open" });
  });
});

describe("usage", () => {
  it("is counted from what is tracked and sampled, and costs a quiet service nothing", async () => {
    bench.traffic.setLoad(0, { requestCount: 10 });
    bench.track("a");
    bench.run();
    await bench.advance(MINUTE_MS);
    bench.traffic.setLoad(0, { requestCount: 14 });
    bench.traffic.arrive("a.test");
    await bench.advance(4 * MINUTE_MS);
    bench.autoscaler.forget("a");
    await bench.advance(MINUTE_MS);
    const hours = bench.meter.take(bench.clock.now());
    const total = hours.reduce<UsageAmounts>(addUsage, noUsage);
    expect(total).toMatchObject({
      provisionedMs: 5 * MINUTE_MS,
      activeMs: MINUTE_MS,
      requestCount: 4,
      startCount: 0,
    });
    // Five minutes of sampling would be 3,000.
    expect(bench.traffic.calls.length).toBeLessThan(800);
  });
});
