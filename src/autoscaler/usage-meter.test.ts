import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addUsage, HOUR_MS, noUsage, type UsageAmounts, type UsageHour } from "../domain/usage.ts";
import type { ScaledInstance, ScaledService } from "../ports/scaling.ts";
import { plainPolicy } from "./testing/fluid-service.ts";
import { UsageMeter } from "./usage-meter.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const START_MS = 1000 * HOUR_MS;

function instances(count: number, state: ScaledInstance["state"] = "ready"): readonly ScaledInstance[] {
  return Array.from({ length: count }, (_, index) => ({ instanceId: `i${index + 1}`, state }));
}

function aService(changes: Partial<ScaledService> = {}): ScaledService {
  return {
    hosts: ["web.test"],
    slot: 0,
    policy: plainPolicy,
    instanceSize: { cpuMillis: 500, memoryMiB: 1024 },
    instances: instances(1),
    activeSinceMs: START_MS - HOUR_MS,
    isDeployedAutomatically: false,
    ...changes,
  };
}

/** A meter and the time in the test's hand, with one service. */
class Bench {
  readonly meter = new UsageMeter(START_MS);
  nowMs = START_MS;
  #requestCount = 0;

  see(changes: Partial<ScaledService> = {}): void {
    this.meter.see("web", aService(changes), this.nowMs);
  }

  /** Samples each 100 ms, first of all now. */
  sample(inFlight: Readonly<Record<string, number>>, arrived = 0, durationMs = 0): void {
    this.#requestCount += arrived;
    const load = { inFlight: new Map(Object.entries(inFlight)), queued: 0, requestCount: this.#requestCount };
    for (const endMs = this.nowMs + durationMs; ; this.nowMs += 100) {
      this.meter.sample("web", load, this.nowMs);
      if (this.nowMs >= endMs) return;
    }
  }

  restartEdge(): void {
    this.#requestCount = 0;
  }

  pass(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    while (endMs - this.nowMs > MINUTE_MS) {
      this.nowMs += MINUTE_MS;
      this.taken.push(...this.meter.take(this.nowMs));
    }
    this.nowMs = endMs;
  }

  readonly taken: UsageHour[] = [];

  total(): UsageAmounts {
    this.taken.push(...this.meter.take(this.nowMs));
    return this.taken.reduce<UsageAmounts>(addUsage, noUsage);
  }
}

describe("provisioned time", () => {
  it("is of all instances that are there, whatever they get, and not of those that start", () => {
    const bench = new Bench();
    bench.see({ instances: [...instances(2), { instanceId: "new", state: "starting" }] });
    bench.pass(2 * MINUTE_MS);
    bench.see({ instances: instances(3, "idle") });
    bench.pass(MINUTE_MS);
    bench.see({ instances: [] });
    bench.pass(10 * MINUTE_MS);
    expect(bench.total()).toMatchObject({ provisionedMs: 7 * MINUTE_MS, memoryMiBMs: 7 * MINUTE_MS * 1024 });
  });

  it("is what it was before a change of size, and the new size from then on", () => {
    const bench = new Bench();
    bench.see();
    bench.pass(MINUTE_MS);
    bench.see({ instanceSize: { cpuMillis: 2000, memoryMiB: 4096 } });
    bench.pass(MINUTE_MS);
    expect(bench.total()).toMatchObject({
      provisionedMs: 2 * MINUTE_MS,
      memoryMiBMs: MINUTE_MS * (1024 + 4096),
      alwaysCpuMillisMs: MINUTE_MS * (500 + 2000),
    });
  });

  it("is cut at full hours", () => {
    const bench = new Bench();
    bench.nowMs += 58 * MINUTE_MS;
    bench.see();
    bench.nowMs += 4 * MINUTE_MS;
    const hours = bench.meter.take(bench.nowMs);
    expect(
      hours.map(({ serviceId, hourStartMs, provisionedMs }) => [serviceId, hourStartMs, provisionedMs]),
    ).toEqual([
      ["web", START_MS, 2 * MINUTE_MS],
      ["web", START_MS + HOUR_MS, 2 * MINUTE_MS],
    ]);
  });

  it("ends when the service is forgotten", () => {
    const bench = new Bench();
    bench.see();
    bench.pass(MINUTE_MS);
    bench.meter.forget("web", bench.nowMs);
    bench.pass(5 * MINUTE_MS);
    expect(bench.total().provisionedMs).toBe(MINUTE_MS);
    expect(bench.meter.take(bench.nowMs)).toEqual([]);
  });

  it("is not guessed while the machine slept, and never negative when the clock is set back", () => {
    const bench = new Bench();
    bench.see();
    bench.nowMs += 8 * HOUR_MS;
    expect(bench.total().provisionedMs).toBe(0);
    bench.nowMs -= 3 * HOUR_MS;
    expect(bench.total().provisionedMs).toBe(0);
    bench.pass(MINUTE_MS);
    expect(bench.total().provisionedMs).toBe(MINUTE_MS);
  });

  it("is compared with the owner's minimum, always active, also while there is less", () => {
    const bench = new Bench();
    bench.see({ policy: { ...plainPolicy, minSize: 2 }, instances: [] });
    bench.pass(MINUTE_MS);
    expect(bench.total()).toMatchObject({
      provisionedMs: 0,
      alwaysCpuMillisMs: 2 * MINUTE_MS * 500,
      alwaysMemoryMiBMs: 2 * MINUTE_MS * 1024,
    });
  });
});

describe("active time", () => {
  it("is a minute at least, whatever comes within it", () => {
    const bench = new Bench();
    bench.see();
    bench.sample({});
    bench.sample({ i1: 1 }, 1, 300);
    bench.sample({}, 0, 20 * SECOND_MS);
    bench.sample({ i1: 3 }, 3, 5 * SECOND_MS);
    bench.sample({});
    expect(bench.total()).toMatchObject({
      activeMs: MINUTE_MS,
      activeCpuMillisMs: MINUTE_MS * 500,
      requestCount: 4,
    });
  });

  it("begins anew with a request after that", () => {
    const bench = new Bench();
    bench.see();
    bench.sample({});
    for (let call = 0; call < 3; call++) {
      bench.sample({ i1: 1 }, 1);
      bench.sample({}, 0, 100);
      bench.pass(2 * MINUTE_MS);
    }
    expect(bench.total()).toMatchObject({ activeMs: 3 * MINUTE_MS, requestCount: 3 });
  });

  it("goes on by the second while requests last", () => {
    const bench = new Bench();
    bench.see();
    bench.sample({});
    bench.sample({ i1: 1 }, 1, 90 * SECOND_MS + 200);
    bench.sample({}, 0, SECOND_MS);
    expect(bench.total().activeMs).toBe(91 * SECOND_MS);
  });

  it("is of those instances that have requests, each for itself", () => {
    const bench = new Bench();
    bench.see({ instances: instances(3) });
    bench.sample({});
    bench.sample({ i1: 1, i3: 2, i2: 0 }, 3, 2 * MINUTE_MS);
    expect(bench.total()).toMatchObject({ activeMs: 4 * MINUTE_MS });
  });

  it("counts requests that nobody saw in flight, on the instances that take turns", () => {
    const bench = new Bench();
    bench.see({ instances: instances(3) });
    bench.sample({});
    bench.sample({}, 1);
    bench.nowMs += 100;
    bench.sample({}, 1);
    expect(bench.total()).toMatchObject({ activeMs: 2 * MINUTE_MS, requestCount: 2 });
    bench.nowMs += 100;
    bench.sample({}, 500);
    expect(bench.total()).toMatchObject({ activeMs: 3 * MINUTE_MS, requestCount: 502 });
  });

  it("of a request that crosses the hour is of both", () => {
    const bench = new Bench();
    bench.nowMs += HOUR_MS - 10 * SECOND_MS;
    bench.see();
    bench.sample({});
    bench.sample({ i1: 1 }, 1);
    const hours = bench.meter.take(bench.nowMs);
    expect(hours.map(({ hourStartMs, activeMs }) => [hourStartMs, activeMs])).toEqual([
      [START_MS, 10 * SECOND_MS],
      [START_MS + HOUR_MS, 50 * SECOND_MS],
    ]);
  });

  it("goes on over seconds in which the edge did not answer", () => {
    const bench = new Bench();
    bench.see();
    bench.sample({});
    bench.sample({ i1: 1 }, 1, 2 * MINUTE_MS);
    bench.nowMs += 5 * SECOND_MS;
    bench.sample({ i1: 1 });
    expect(bench.total().activeMs).toBe(2 * MINUTE_MS + 5 * SECOND_MS);
  });

  it("begins with the start of an instance", () => {
    const bench = new Bench();
    bench.see();
    bench.see({ instances: instances(3, "starting").with(0, instances(1)[0]!) });
    expect(bench.total()).toMatchObject({ startCount: 0, activeMs: 0 });
    bench.see({ instances: instances(3) });
    bench.nowMs += SECOND_MS;
    bench.see({ instances: instances(3, "idle") });
    expect(bench.total()).toMatchObject({ startCount: 2, activeMs: 2 * MINUTE_MS });
  });
});

describe("starts", () => {
  it("of a service that was made or resumed since are counted", () => {
    const bench = new Bench();
    bench.pass(MINUTE_MS);
    bench.see({ activeSinceMs: bench.nowMs, instances: instances(2) });
    expect(bench.total()).toMatchObject({ startCount: 2, activeMs: 2 * MINUTE_MS });
  });

  it("are none for what ran when the control plane began", () => {
    const bench = new Bench();
    bench.see({ instances: instances(2) });
    expect(bench.total()).toMatchObject({ startCount: 0, activeMs: 0 });
  });
});

describe("requests", () => {
  it("of the time before are not counted; those after a restart of the edge are", () => {
    const bench = new Bench();
    bench.see();
    bench.sample({}, 5000);
    bench.sample({}, 3);
    bench.restartEdge();
    bench.sample({}, 2);
    expect(bench.total().requestCount).toBe(5);
  });

  it("of another slot are counted from what it has", () => {
    const bench = new Bench();
    bench.see();
    bench.sample({}, 10);
    bench.see({ slot: 1 });
    bench.sample({}, 4000);
    bench.sample({}, 1);
    expect(bench.total().requestCount).toBe(1);
  });
});

it("what could not be written is taken again, with what came since", () => {
  const bench = new Bench();
  bench.see();
  bench.nowMs += MINUTE_MS;
  bench.meter.giveBack(bench.meter.take(bench.nowMs));
  bench.nowMs += MINUTE_MS;
  expect(bench.total().provisionedMs).toBe(2 * MINUTE_MS);
});

/** What may happen between two moments. */
const step = fc.record({
  passedMs: fc.integer({ min: 0, max: 20_000 }),
  instances: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  busy: fc.integer({ min: 0, max: 3 }),
  arrived: fc.integer({ min: 0, max: 5 }),
});

it("comes to the same however often it is written", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), fc.integer({ min: 1, max: 10 }), (steps, each) => {
      const totals = [1, each].map((takenEach) => {
        const bench = new Bench();
        bench.see();
        for (const [index, { passedMs, instances: count, busy, arrived }] of steps.entries()) {
          bench.nowMs += passedMs;
          if (count !== undefined) bench.see({ instances: instances(count) });
          bench.sample(Object.fromEntries(instances(busy).map(({ instanceId }) => [instanceId, 1])), arrived);
          if (index % takenEach === 0) bench.total();
        }
        return bench.total();
      });
      expect(totals[1]).toEqual(totals[0]);
    }),
  );
});
