import { describe, expect, it } from "vitest";
import type { Load } from "./demand.ts";
import { LoadMeter } from "./load-meter.ts";
import { defaultScaleParameters } from "./scale-parameters.ts";

const START_MS = 1_700_000_000_000;

/** A meter that is given samples at some distance; what is not said is zero. */
class Metered {
  nowMs = START_MS;
  readonly meter = new LoadMeter(defaultScaleParameters);
  #requestCount = 0;

  sample(sample: { inFlight?: number; queued?: number; arrived?: number }, afterMs = 100): Load {
    this.nowMs += afterMs;
    this.#requestCount += sample.arrived ?? 0;
    const { inFlight = 0, queued = 0 } = sample;
    this.meter.add({ atMs: this.nowMs, inFlight, queued, requestCount: this.#requestCount });
    return this.read();
  }

  read(): Load {
    const load = this.meter.read(this.nowMs);
    if (load === "unknown") throw new Error("the load is unknown");
    return load;
  }

  restartEdge(): void {
    this.#requestCount = 0;
  }
}

describe("the load out of samples", () => {
  it("is unknown before the first one, and when the last is a second old", () => {
    const { meter } = new Metered();
    expect(meter.read(START_MS)).toBe("unknown");
    const metered = new Metered();
    metered.sample({ inFlight: 2 });
    expect(metered.meter.read(metered.nowMs + 1000)).toMatchObject({ inFlight: 2 });
    expect(metered.meter.read(metered.nowMs + 1001)).toBe("unknown");
  });

  it("has the mean of what was seen, and not of a gap", () => {
    const metered = new Metered();
    metered.sample({ inFlight: 6 });
    for (let count = 0; count < 20; count++) metered.sample({ inFlight: 6 });
    metered.sample({ inFlight: 10 }, 20_000);
    for (let count = 0; count < 20; count++) metered.sample({ inFlight: 10 });
    expect(metered.read().stableMean).toBeCloseTo(8);
    expect(metered.read().panicMean).toBeCloseTo(10);
  });

  it("counts a time that is known to be quiet", () => {
    const metered = new Metered();
    metered.meter.addQuiet(START_MS - 58_000, START_MS);
    metered.sample({ inFlight: 60 });
    for (let count = 0; count < 10; count++) metered.sample({ inFlight: 60 });
    expect(metered.read().stableMean).toBeCloseTo(60 / 59, 1);
  });

  it("tells requests that came and went between two samples, also over a gap or a restart of the edge", () => {
    const metered = new Metered();
    expect(metered.sample({ arrived: 40 }).arrived).toBe(0);
    expect(metered.sample({ arrived: 3 }).arrived).toBe(3);
    expect(metered.sample({ arrived: 0 }).arrived).toBe(0);
    expect(metered.sample({ arrived: 1 }, 30_000).arrived).toBe(1);
    metered.restartEdge();
    expect(metered.sample({ arrived: 2 }).arrived).toBe(2);
    metered.meter.startAnew();
    expect(metered.sample({ arrived: 5 }).arrived).toBe(0);
  });

  it("survives a clock that is set back", () => {
    const metered = new Metered();
    for (let count = 0; count < 20; count++) metered.sample({ inFlight: 4 });
    metered.sample({ inFlight: 4 }, -3_600_000);
    for (let count = 0; count < 20; count++) metered.sample({ inFlight: 4 });
    expect(metered.read()).toMatchObject({ inFlight: 4, stableMean: 4 });
    for (let count = 0; count < 10; count++) metered.sample({ inFlight: 10, arrived: 20 });
    for (const queued of [140, 280, 420]) metered.sample({ inFlight: 10, queued, arrived: 160 });
    expect(metered.read()).toMatchObject({ standing: 290, worked: expect.closeTo(80) });
  });
});

describe("a queue", () => {
  it("does not stand before two samples have seen it", () => {
    const metered = new Metered();
    metered.sample({ inFlight: 10 });
    expect(metered.sample({ inFlight: 10, queued: 50 }).standing).toBe(0);
    expect(metered.sample({ inFlight: 10, queued: 0 }).standing).toBe(0);
    metered.sample({ inFlight: 10, queued: 52 });
    expect(metered.sample({ inFlight: 8, queued: 50 }).standing).toBe(58);
  });

  it("of waiting clients stands still", () => {
    const metered = new Metered();
    metered.sample({ inFlight: 10, arrived: 20 });
    metered.sample({ inFlight: 10, queued: 70, arrived: 90 });
    expect(metered.sample({ inFlight: 10, queued: 71, arrived: 20 }).isFlat).toBe(true);
  });

  it("at its bound stands still only among the instances there were", () => {
    const metered = new Metered();
    for (let count = 0; count < 8; count++) metered.sample({ inFlight: 10, queued: 950, arrived: 80 });
    expect(metered.read().isFlat).toBe(true);
    expect(metered.sample({ inFlight: 50, queued: 940, arrived: 80 }).isFlat).toBe(false);
    for (let count = 0; count < 4; count++) metered.sample({ inFlight: 60, queued: 950, arrived: 80 });
    expect(metered.read().isFlat).toBe(false);
    for (let count = 0; count < 2; count++) metered.sample({ inFlight: 60, queued: 950, arrived: 80 });
    expect(metered.read().isFlat).toBe(true);
  });

  it("that grows or shrinks tells what comes by rate and duration", () => {
    const metered = new Metered();
    // 200 answers a second by ten at once: 50 ms each.
    for (let count = 0; count < 10; count++) metered.sample({ inFlight: 10, arrived: 20 });
    for (const queued of [140, 280, 420]) metered.sample({ inFlight: 10, queued, arrived: 160 });
    expect(metered.read()).toMatchObject({ isFlat: false, standing: 290 });
    expect(metered.read().worked).toBeCloseTo(80);
    // Twelve instances work it off.
    for (const queued of [340, 260, 180]) metered.sample({ inFlight: 120, queued, arrived: 160 });
    expect(metered.read().isFlat).toBe(false);
    expect(Number(metered.read().worked)).toBeLessThan(120);
  });

  it("is not measured by an edge that began to count anew", () => {
    const metered = new Metered();
    for (const queued of [100, 200, 300]) metered.sample({ inFlight: 10, queued, arrived: 120 });
    metered.restartEdge();
    expect(metered.sample({ inFlight: 10, queued: 310, arrived: 30 })).toMatchObject({
      worked: "unknown",
      standing: 310,
    });
  });

  it("without answers does not tell how long one takes", () => {
    const metered = new Metered();
    metered.sample({ inFlight: 10 });
    metered.sample({ inFlight: 10, queued: 10, arrived: 10 });
    expect(metered.sample({ inFlight: 10, queued: 30, arrived: 20 }).worked).toBe("unknown");
  });
});
