import { describe, expect, it } from "vitest";
import { type SizeMemory, sizeForLoad, startingSizeMemory } from "./load-size.ts";
import { type SizeVector, sizeVectors } from "./load-size.vectors.ts";
import { defaultScaleParameters } from "./scale-parameters.ts";

const START_MS = 1_700_000_000_000;
const calm: SizeMemory = { panicSinceMs: null, panicSize: 0, recent: [] };

/** The sizes of a vector's ticks, one after the other. */
function play(vector: SizeVector): { readonly expected: number; readonly isPanic: boolean }[] {
  const { maxUpRate, maxDownRate, scaleDownDelayMs, restartedWith, target } = vector;
  const parameters = { ...defaultScaleParameters, maxUpRate, maxDownRate, scaleDownDelayMs };
  let memory = restartedWith === null ? calm : startingSizeMemory(restartedWith, START_MS);
  return vector.ticks.map((tick) => {
    const stable = Math.ceil(tick.stable / target);
    const panic = Math.ceil(tick.panic / target);
    const input = { nowMs: START_MS + tick.atMs, ready: tick.ready, stable, panic, now: 0 };
    const decided = sizeForLoad(input, memory, parameters);
    ({ memory } = decided);
    return { expected: decided.size, isPanic: memory.panicSinceMs !== null };
  });
}

describe("the size for a load, by Knative's cases", () => {
  it.each(sizeVectors)("$name", (vector) => {
    expect(play(vector)).toEqual(vector.ticks.map(({ expected, isPanic }) => ({ expected, isPanic })));
  });
});

describe("the size for a load", () => {
  it("follows what waits now at once, also out of panic", () => {
    const input = { nowMs: START_MS, ready: 4, stable: 1, panic: 1, now: 6 };
    expect(sizeForLoad(input, calm, defaultScaleParameters)).toMatchObject({
      size: 6,
      memory: { panicSinceMs: null },
    });
  });

  it("a clock that was set back prolongs neither panic nor delay for ever", () => {
    const memory: SizeMemory = {
      panicSinceMs: START_MS + 3_600_000,
      panicSize: 9,
      recent: [{ atMs: START_MS + 3_600_000, size: 12 }],
    };
    const idle = { ready: 9, stable: 1, panic: 1, now: 0 };
    const first = sizeForLoad({ ...idle, nowMs: START_MS }, memory, defaultScaleParameters);
    expect(first.size).toBe(9);
    const second = sizeForLoad({ ...idle, nowMs: START_MS + 60_001 }, first.memory, defaultScaleParameters);
    expect(second.memory.panicSinceMs).toBeNull();
    const third = sizeForLoad({ ...idle, nowMs: START_MS + 120_002 }, second.memory, defaultScaleParameters);
    expect(third.size).toBe(4);
  });
});
