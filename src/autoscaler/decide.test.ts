import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ScalePolicy } from "../domain/scaling.ts";
import { type Decision, decide } from "./decide.ts";
import { type Load, noLoad } from "./demand.ts";
import type { ScaleInput } from "./scale-input.ts";
import { defaultScaleParameters } from "./scale-parameters.ts";
import { FluidService, plainPolicy } from "./testing/fluid-service.ts";

const START_MS = 1_700_000_000_000;
const MINUTE_MS = 60_000;
const RUNS = Number(process.env["SLIPWAY_PROPERTY_RUNS"] ?? 200);
const toZero: ScalePolicy = { ...plainPolicy, scaleToZeroMs: 15 * MINUTE_MS, warmZeroMs: 10 * MINUTE_MS };

const working: Load = { ...noLoad, inFlight: 3, arrived: 3, stableMean: 3, panicMean: 3 };

/** A service that is decided for again and again; what a test does not say stays as it was. */
class Life {
  nowMs = START_MS;
  decision: Decision | null = null;
  #input: ScaleInput = {
    nowMs: START_MS,
    policy: plainPolicy,
    ready: 1,
    idle: 0,
    starting: 0,
    load: working,
    isCalled: false,
    held: 0,
    use: "unknown",
    activeSinceMs: START_MS - 60 * MINUTE_MS,
  };

  constructor(input: Partial<ScaleInput> = {}) {
    this.after(0, input);
  }

  after(passedMs: number, changes: Partial<ScaleInput> = {}): Decision {
    this.nowMs += passedMs;
    this.#input = { ...this.#input, ...changes, nowMs: this.nowMs };
    this.decision = decide(this.#input, this.decision?.memory ?? null);
    this.#input = { ...this.#input, isCalled: false };
    return this.decision;
  }
}

describe("requests in flight that fill more instances than the means need", () => {
  const policy: ScalePolicy = { ...plainPolicy, maxConcurrency: 10, maxSize: 5 };
  const some: Load = { ...noLoad, inFlight: 20, arrived: 20, stableMean: 7.7, panicMean: 7.7 };

  it("keep those instances for a while, and are the reason", () => {
    const life = new Life({ policy, ready: 3, load: some });
    const risen = life.after(100, { load: { ...some, inFlight: 31 } });
    expect(risen).toMatchObject({ count: 4, reason: "31 requests in flight fill 4 instances" });
    expect(life.after(100, { load: some }).count).toBe(4);
    expect(life.after(50_000, { load: some }).count).toBe(4);
  });
});

describe("the first decision", () => {
  it("keeps what is there for a stable window, whatever the load", () => {
    const life = new Life({ ready: 4, load: { ...working, inFlight: 1, stableMean: 1, panicMean: 1 } });
    expect(life.decision).toMatchObject({ count: 4, activity: "run", gate: "open" });
    expect(life.decision?.reason).toBe("keeps 4 instances until its load is known");
    expect(life.after(59_000).count).toBe(4);
    life.after(2000);
    expect(life.after(61_000)).toMatchObject({ count: 2 });
  });

  it("leaves a service at zero that had the time to go there", () => {
    const activeSinceMs = START_MS - 25 * MINUTE_MS;
    const life = new Life({ policy: toZero, ready: 0, load: "unknown", activeSinceMs });
    expect(life.decision).toMatchObject({ count: 0, gate: "closed" });
  });

  it("leaves instances at rest that rested before", () => {
    const life = new Life({ ready: 2, idle: 2, load: "unknown" });
    expect(life.decision).toMatchObject({ count: 2, activity: "throttle", gate: "watched" });
    expect(life.after(100, { load: working })).toMatchObject({ activity: "run", gate: "open" });
  });

  it("starts the least that is allowed for a service that was just made", () => {
    const made = { ready: 0, load: "unknown", activeSinceMs: START_MS } as const;
    expect(new Life({ ...made, policy: { ...toZero, minSize: 2 } }).decision).toMatchObject({
      count: 2,
      activity: "run",
      gate: "closed",
    });
  });
});

describe("unknown load", () => {
  it("holds size, activity and gate, and does not count as quiet", () => {
    const life = new Life({ ready: 5, policy: { ...toZero, scaleToZeroMs: 5000 } });
    const before = life.after(1000, { load: "unknown" });
    for (let minute = 0; minute < 60; minute++) expect(life.after(MINUTE_MS)).toMatchObject({ count: 5 });
    expect(life.after(0).memory.wish).toBe(before.memory.wish);
    expect(life.after(4999, { load: noLoad })).toMatchObject({ activity: "run", gate: "open" });
  });

  it("holds a service that is quiet or frozen too", () => {
    const life = new Life({ policy: toZero });
    life.after(16 * MINUTE_MS, { load: noLoad });
    expect(life.decision).toMatchObject({ activity: "freeze" });
    life.after(1000, { load: "unknown" });
    expect(life.after(60 * MINUTE_MS)).toMatchObject({ activity: "freeze", count: 1 });
    expect(life.after(10 * MINUTE_MS, { load: noLoad })).toMatchObject({ count: 0 });
  });

  it("does not hinder a request at the gate", () => {
    const life = new Life({ policy: toZero });
    life.after(60 * MINUTE_MS, { load: noLoad, ready: 0 });
    expect(life.decision).toMatchObject({ count: 0 });
    expect(life.after(1000, { load: "unknown", held: 1, isCalled: true })).toMatchObject({ count: 1 });
  });
});

describe("scaling in", () => {
  /** Calm with four instances: the first minute's panic is over, and the delay too. */
  function calmWithFour(): Life {
    const life = new Life({ ready: 4, load: { ...working, stableMean: 27, panicMean: 27 } });
    life.after(61_000);
    life.after(61_000);
    expect(life.decision).toMatchObject({ count: 4 });
    return life;
  }

  it("waits until fewer have been enough for a minute, and says so", () => {
    const life = calmWithFour();
    life.after(100, { load: { ...working, stableMean: 12, panicMean: 12 } });
    expect(life.after(59_000)).toMatchObject({ count: 4 });
    expect(life.after(1000)).toMatchObject({ count: 2, reason: "2 instances have been enough for 60 s" });
  });

  it("leaves some room: less by a hair is not less", () => {
    const life = calmWithFour();
    // 20.5 need three at seven each, but a tenth more would need four.
    for (let minute = 0; minute < 10; minute++) {
      life.after(MINUTE_MS, { load: { ...working, stableMean: 20.5, panicMean: 20.5 } });
    }
    expect(life.decision).toMatchObject({ count: 4 });
    life.after(100, { load: { ...working, stableMean: 19, panicMean: 19 } });
    expect(life.after(MINUTE_MS)).toMatchObject({ count: 3 });
  });

  it("does not take what the last seconds needed", () => {
    const life = calmWithFour();
    for (let minute = 0; minute < 10; minute++) {
      life.after(MINUTE_MS, { load: { ...working, stableMean: 6, panicMean: 27 } });
    }
    expect(life.decision).toMatchObject({ count: 4 });
  });
});

describe("limits", () => {
  it("does not take a queue that stood before the last instances came for load", () => {
    const full = { ...working, inFlight: 10, queued: 950, standing: 960, worked: 40 };
    const life = new Life({ ready: 1, load: { ...working, inFlight: 5, stableMean: 5, panicMean: 5 } });
    const { count } = life.after(100, { load: { ...full, isFlat: false } });
    expect(count).toBe(6);
    // All are ready, but were not at the last sample.
    expect(life.after(50, { ready: 6, load: full }).count).toBe(6);
    expect(life.after(50, { load: { ...full, inFlight: 60 } }).count).toBeGreaterThan(6);
  });

  it("never wants more than allowed, and says so", () => {
    const life = new Life({ policy: { ...plainPolicy, maxSize: 5 } });
    const load = { ...working, inFlight: 10, queued: 90, standing: 100 };
    expect(life.after(100, { load })).toMatchObject({
      count: 5,
      reason:
        "10 requests in flight and 90 waiting need at least 5 instances at 7 each; more than 5 are not allowed",
    });
    expect(life.after(100, { policy: { ...plainPolicy, maxSize: 3 } })).toMatchObject({
      count: 3,
      reason: "more than 3 instances are not allowed",
    });
  });

  it("never wants less than allowed", () => {
    const life = new Life({ load: noLoad });
    expect(life.after(100, { policy: { ...plainPolicy, minSize: 3 }, load: working })).toMatchObject({
      count: 3,
      reason: "never less than 3 instances",
    });
  });

  it("never wants fewer than the requests in flight fill", () => {
    const load = { ...noLoad, inFlight: 45 };
    expect(new Life({ ready: 1, load }).decision).toMatchObject({ count: 5 });
  });
});

describe("a quiet service", () => {
  it("gets what its policy gives idle instances, behind a watched gate", () => {
    const life = new Life();
    expect(life.after(9_900, { load: noLoad })).toMatchObject({ activity: "run", gate: "open" });
    const quiet = life.after(100);
    expect(quiet).toMatchObject({ activity: "throttle", gate: "watched", reason: "no request for 10 s" });
    expect(life.after(60 * MINUTE_MS).memory.wish).toBe(quiet.memory.wish);
    expect(quiet.recheckAtMs).toBeNull();
  });

  it("is watched also when its instances go on running", () => {
    const life = new Life({ policy: { ...plainPolicy, idle: "run" } });
    expect(life.after(10_000, { load: noLoad })).toMatchObject({ activity: "run", gate: "watched" });
  });

  it("is busy at the first request, and for some seconds after", () => {
    const life = new Life();
    life.after(MINUTE_MS, { load: noLoad });
    const woken = life.after(MINUTE_MS, { isCalled: true });
    expect(woken).toMatchObject({ activity: "run", gate: "open", reason: "a request came" });
    expect(life.after(9_900)).toMatchObject({ activity: "run", gate: "open" });
    expect(life.after(100)).toMatchObject({ activity: "throttle", gate: "watched" });
  });

  it("counts requests that no sample saw in flight, WebSockets that send nothing, and deployments", () => {
    for (const load of [
      { ...noLoad, arrived: 1 },
      { ...noLoad, inFlight: 1 },
      { ...noLoad, queued: 1 },
    ]) {
      expect(new Life().after(MINUTE_MS, { load })).toMatchObject({ activity: "run", gate: "open" });
    }
    const deployed = new Life();
    const activeSinceMs = START_MS + 55_000;
    expect(deployed.after(MINUTE_MS, { load: noLoad, activeSinceMs })).toMatchObject({ gate: "open" });
  });

  it("falls to its least size although nothing more happens", () => {
    const life = new Life({ ready: 6, load: { ...working, stableMean: 40, panicMean: 40 } });
    let decision = life.after(61_000, { load: noLoad });
    while (decision.recheckAtMs !== null && life.nowMs < START_MS + 10 * MINUTE_MS) {
      const ready = decision.count;
      decision = life.after(decision.recheckAtMs - life.nowMs, { ready });
    }
    expect(decision).toMatchObject({ count: 1, activity: "throttle" });
    expect(decision.reason).toBe("no request for 10 s: 1 instance suffices");
  });
});

describe("a service that may go to zero", () => {
  it("is frozen, then has nothing, then is back", () => {
    const life = new Life({ policy: { ...toZero, minSize: 2 }, ready: 2 });
    expect(life.after(10_000, { load: noLoad })).toMatchObject({ count: 2, activity: "throttle" });
    expect(life.after(15 * MINUTE_MS - 10_000)).toMatchObject({
      count: 1,
      activity: "freeze",
      gate: "watched",
      reason: "no request for 15 min",
    });
    const zero = life.after(10 * MINUTE_MS);
    expect(zero).toMatchObject({
      count: 0,
      gate: "closed",
      reason: "no request for 25 min",
      recheckAtMs: null,
    });
    expect(life.after(1000, { ready: 0, held: 1, isCalled: true })).toMatchObject({
      count: 2,
      activity: "run",
      gate: "closed",
      reason: "a request came",
    });
    expect(life.after(1000, { ready: 1, starting: 1, held: 0 })).toMatchObject({ count: 2, gate: "open" });
  });

  it("holds until its instances are back when it may not go to zero any longer", () => {
    const life = new Life({ policy: toZero });
    life.after(60 * MINUTE_MS, { load: noLoad, ready: 0 });
    expect(life.decision).toMatchObject({ count: 0, gate: "closed" });
    const policy = { ...plainPolicy, minSize: 2 };
    expect(life.after(1000, { policy })).toMatchObject({ count: 2, gate: "closed" });
    expect(life.after(1000, { starting: 2 })).toMatchObject({ count: 2, gate: "closed" });
    expect(life.after(1000, { starting: 1, ready: 1 })).toMatchObject({ count: 2, gate: "watched" });
    expect(life.after(1000, { starting: 2, ready: 0 })).toMatchObject({ count: 2, gate: "watched" });
  });

  it("starts as many as are held at its gate", () => {
    const life = new Life({ policy: toZero });
    life.after(60 * MINUTE_MS, { load: noLoad, ready: 0 });
    expect(life.after(1000, { held: 25, isCalled: true })).toMatchObject({
      count: 4,
      reason: "0 requests in flight and 25 waiting need 4 instances at 7 each",
    });
  });

  it("stays awake for some seconds however soon it may go to zero", () => {
    const life = new Life({ policy: { ...toZero, scaleToZeroMs: 1000, warmZeroMs: 0 } });
    expect(life.after(2900, { load: noLoad })).toMatchObject({ count: 1, activity: "run", gate: "open" });
    expect(life.after(100)).toMatchObject({ count: 0, gate: "closed" });
  });
});

describe("processor and memory targets", () => {
  const policy = { ...plainPolicy, cpuTarget: 0.5, memoryTarget: 0.8 };

  it("scale for whichever wants most", () => {
    const life = new Life({ policy, ready: 2 });
    life.after(61_000);
    expect(life.after(100, { use: { cpu: 1.6, memory: 0.5 } })).toMatchObject({
      count: 4,
      reason:
        "use of 1.6 instances' processors and of 0.5 instances' memory over the last 60 s needs 4 instances",
    });
  });

  it("hold while the use is unknown", () => {
    const life = new Life({ policy, ready: 3 });
    for (let minute = 0; minute < 10; minute++) expect(life.after(MINUTE_MS)).toMatchObject({ count: 3 });
  });
});

describe("the memory", () => {
  it("survives being written down", () => {
    const life = new Life({ ready: 3, load: { ...working, stableMean: 20, panicMean: 60 } });
    const memory = life.after(1000).memory;
    expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
  });
});

const anyPolicy = fc
  .record({
    minSize: fc.integer({ min: 1, max: 10 }),
    extra: fc.integer({ min: 0, max: 20 }),
    maxConcurrency: fc.integer({ min: 1, max: 200 }),
    scaleToZeroMs: fc.option(fc.integer({ min: 1000, max: 100_000 })),
    warmZeroMs: fc.integer({ min: 0, max: 100_000 }),
    idle: fc.constantFrom("run" as const, "throttle" as const, "freeze" as const),
    cpuTarget: fc.option(fc.double({ min: 0.01, max: 1, noNaN: true })),
    memoryTarget: fc.constant(null),
  })
  .map(({ extra, ...limits }): ScalePolicy => Object.assign(limits, { maxSize: limits.minSize + extra }));
const aCount = fc.integer({ min: 0, max: 2000 });
const anyLoad = fc.record({
  inFlight: aCount,
  queued: aCount,
  arrived: aCount,
  standing: aCount,
  isFlat: fc.boolean(),
  worked: fc.option(aCount, { nil: "unknown" as const }),
  stableMean: fc.option(aCount, { nil: "unknown" as const }),
  panicMean: fc.option(aCount, { nil: "unknown" as const }),
});
type Moment = Pick<ScaleInput, "ready" | "starting" | "load" | "isCalled" | "held" | "use">;
const anyMoment = fc.record({
  // Clocks are set back now and then.
  passedMs: fc.integer({ min: -5000, max: 70_000 }),
  ready: fc.integer({ min: 0, max: 30 }),
  starting: fc.integer({ min: 0, max: 30 }),
  load: fc.oneof(anyLoad, fc.constant(noLoad), fc.constant("unknown" as const)),
  isCalled: fc.boolean(),
  held: fc.oneof(fc.constant(0), aCount),
  use: fc.oneof(
    fc.constant("unknown" as const),
    fc.record({ cpu: fc.double({ min: 0, max: 30, noNaN: true }), memory: fc.constant(0) }),
  ),
});

/** Rules that hold whatever was before; those that a decision breaks. */
function brokenRules(policy: ScalePolicy, input: Moment, decision: Decision): readonly string[] {
  const { count, activity, gate } = decision;
  const { load, held, isCalled, ready } = input;
  const isZeroAllowed = policy.scaleToZeroMs !== null;
  const [inFlight, seen] =
    load === "unknown" ? [0, 0] : [load.inFlight, load.inFlight + load.queued + load.arrived];
  const isCalledFor = held > 0 || isCalled || seen > 0;
  const busy = Math.min(policy.maxSize, Math.ceil(inFlight / policy.maxConcurrency));
  const isEmpty = ready === 0 || count === 0;
  const rules = {
    "a whole number": Number.isInteger(count),
    "at most maxSize": count <= policy.maxSize,
    "at least minSize": count >= policy.minSize || (isZeroAllowed && activity === "freeze"),
    "not below what is busy": count >= busy,
    "running instances for requests": !isCalledFor || (activity === "run" && count > 0),
    "a gate that tells while instances are idle": activity === "run" || gate !== "open",
    "a gate that holds exactly while there is nobody": (gate === "closed") === (isZeroAllowed && isEmpty),
  };
  return Object.entries(rules).flatMap(([rule, isKept]) => (isKept ? [] : [rule]));
}

describe("whatever happens", () => {
  const anyLife = fc.array(anyMoment, { minLength: 1, maxLength: 40 });

  it("limits are kept, requests find running instances, and nobody knocks at a gate without being heard", () => {
    fc.assert(
      fc.property(anyPolicy, anyLife, (policy, moments) => {
        const life = new Life({ policy });
        for (const { passedMs, ...input } of moments) {
          expect(brokenRules(policy, input, life.after(passedMs, input))).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("unknown load changes nothing", () => {
    fc.assert(
      fc.property(anyPolicy, anyLife, fc.nat({ max: 600_000 }), (policy, moments, passedMs) => {
        const life = new Life({ policy });
        for (const { passedMs, ...input } of moments) life.after(passedMs, input);
        const before = life.decision?.memory.wish;
        const { memory } = life.after(passedMs, { load: "unknown", held: 0 });
        expect(memory.wish).toBe(before);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("under constant load", () => {
  it("the size settles, and is enough", () => {
    const anyCase = fc.record({
      load: fc.oneof(
        fc.record({ clients: fc.integer({ min: 1, max: 300 }) }),
        fc.record({ perSecond: fc.integer({ min: 1, max: 6000 }) }),
      ),
      serviceMs: fc.integer({ min: 5, max: 2000 }),
      startMs: fc.integer({ min: 0, max: 5000 }),
      ready: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(anyCase, ({ load, ...options }) => {
        const needed = "clients" in load ? load.clients : (load.perSecond * options.serviceMs) / 1000;
        fc.pre(needed < 300);
        const service = new FluidService(options);
        service.load = load;
        service.run(8 * MINUTE_MS);
        const settledAtMs = service.nowMs;
        service.run(4 * MINUTE_MS);
        const sizes = new Set(
          service.moments.filter(({ atMs }) => atMs > settledAtMs).map(({ count }) => count),
        );
        const perInstance = plainPolicy.maxConcurrency * defaultScaleParameters.targetUtilisation;
        expect(sizes.size).toBe(1);
        expect(Math.max(...sizes)).toBeGreaterThanOrEqual(Math.floor(needed / perInstance));
        expect(service.moments.at(-1)?.waiting).toBe(0);
      }),
      { numRuns: Math.ceil(RUNS / 10) },
    );
  });
});
