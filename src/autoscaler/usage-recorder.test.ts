import { afterEach, describe, expect, it } from "vitest";
import type { UsageHour } from "../domain/usage.ts";
import { FakeClock } from "../operations/testing/fake-clock.ts";
import type { ScaledInstance } from "../ports/scaling.ts";
import { plainPolicy } from "./testing/fluid-service.ts";
import { UsageMeter } from "./usage-meter.ts";
import { recordUsage } from "./usage-recorder.ts";

const MINUTE_MS = 60_000;

/** A recorder whose table keeps what is added, or refuses it. */
class Bench {
  readonly clock = new FakeClock();
  readonly meter = new UsageMeter(this.clock.now());
  readonly writes: (readonly UsageHour[])[] = [];
  readonly errors: unknown[] = [];
  isBroken = false;
  readonly #stop = new AbortController();
  readonly #running = recordUsage(
    {
      meter: this.meter,
      clock: this.clock,
      table: { add: async (hours) => this.#add(hours) },
      onError: (error) => void this.errors.push(error),
    },
    this.#stop.signal,
  );

  constructor() {
    this.see("web", [{ instanceId: "i1", state: "idle" }]);
  }

  see(serviceId: string, instances: readonly ScaledInstance[]): void {
    const service = {
      hosts: [],
      slot: 0,
      policy: plainPolicy,
      instanceSize: { cpuMillis: 1000, memoryMiB: 2048 },
      instances,
      activeSinceMs: 0,
      isDeployedAutomatically: false,
    };
    this.meter.see(serviceId, service, this.clock.now());
  }

  advance(durationMs: number): Promise<void> {
    return this.clock.advance(durationMs, async () => {
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error("stopped"));
    await this.#running;
  }

  minutes(): readonly number[] {
    return this.writes.map((hours) => hours.reduce((sum, hour) => sum + hour.provisionedMs, 0) / MINUTE_MS);
  }

  #add(hours: readonly UsageHour[]): void {
    if (this.isBroken) throw new Error("no room");
    this.writes.push(hours);
  }
}

let bench = new Bench();
afterEach(async () => {
  await bench.stop();
  bench = new Bench();
});

describe("the recorder", () => {
  it("writes each minute, and what is left at the end", async () => {
    await bench.advance(2.5 * MINUTE_MS);
    expect(bench.minutes()).toEqual([1, 1]);
    await bench.stop();
    expect(bench.minutes()).toEqual([1, 1, 0.5]);
  });

  it("writes of services at zero every fourth minute only, when they change and at the end, and loses nothing", async () => {
    for (let number = 0; number < 1000; number++) bench.see(`zero-${number}`, []);
    await bench.advance(8 * MINUTE_MS);
    const rows = bench.writes.map((hours) => hours.length);
    expect(rows).toEqual([1, 1, 1, 1001, 1, 1, 1, 1001]);
    bench.clock.setBack(30 * MINUTE_MS);
    await bench.advance(MINUTE_MS);
    bench.see("zero-7", [{ instanceId: "i2", state: "ready" }]);
    await bench.advance(MINUTE_MS);
    bench.see("zero-7", []);
    await bench.stop();
    const ofOne = bench.writes.flat().filter(({ serviceId }) => serviceId === "zero-7");
    const always = ofOne.reduce((sum, { alwaysCpuMillisMs }) => sum + alwaysCpuMillisMs, 0);
    // Eight, none for the minute in which the clock was set back, one before the end.
    expect(always / 1000 / MINUTE_MS).toBe(9);
  });

  it("keeps what cannot be written, and says so", async () => {
    bench.isBroken = true;
    await bench.advance(2 * MINUTE_MS);
    expect(bench.errors).toHaveLength(2);
    bench.isBroken = false;
    await bench.advance(MINUTE_MS);
    expect(bench.minutes()).toEqual([3]);
  });
});
