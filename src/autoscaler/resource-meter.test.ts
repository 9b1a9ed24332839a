import { describe, expect, it } from "vitest";
import { ResourceMeter } from "./resource-meter.ts";

const START_MS = 1_700_000_000_000;
const size = { cpuMillis: 500, memoryMiB: 1000 };

function readings(
  cpuMs: number,
  ids: readonly string[],
): ReadonlyMap<string, { cpuMs: number; memoryMiB: number }> {
  return new Map(ids.map((id) => [id, { cpuMs, memoryMiB: 600 }]));
}

describe("the use of processors and memory", () => {
  it("is in instances, of all of them together", () => {
    const meter = new ResourceMeter(60_000);
    for (let round = 0; round < 5; round++) {
      meter.add(readings(round * 2000, ["a", "b"]), 2, size, START_MS + round * 5000);
    }
    // 400 ms a second each, of 500.
    expect(meter.read(START_MS + 20_000)).toEqual({ cpu: expect.closeTo(1.6), memory: expect.closeTo(1.2) });
  });

  it("takes instances without a reading for as busy as the others", () => {
    const meter = new ResourceMeter(60_000);
    for (let round = 0; round < 5; round++) {
      meter.add(readings(round * 2000, ["a"]), 3, size, START_MS + round * 5000);
    }
    expect(meter.read(START_MS + 20_000)).toMatchObject({ cpu: expect.closeTo(2.4) });
  });

  it("is unknown at first, and when nothing has been read for a while", () => {
    const meter = new ResourceMeter(60_000);
    meter.add(readings(0, ["a"]), 1, size, START_MS);
    expect(meter.read(START_MS)).toBe("unknown");
    meter.add(readings(1000, ["a"]), 1, size, START_MS + 5000);
    expect(meter.read(START_MS + 5000)).toMatchObject({ cpu: expect.closeTo(0.4) });
    expect(meter.read(START_MS + 26_000)).toBe("unknown");
  });

  it("is not misled by an instance that was started anew", () => {
    const meter = new ResourceMeter(60_000);
    meter.add(readings(9000, ["a"]), 1, size, START_MS);
    meter.add(readings(10, ["a"]), 1, size, START_MS + 5000);
    expect(meter.read(START_MS + 5000)).toMatchObject({ cpu: 0 });
  });
});
