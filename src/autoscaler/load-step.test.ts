import { describe, expect, it } from "vitest";
import { FluidService, type FluidLoad } from "./testing/fluid-service.ts";

/** One instance takes ten requests of 50 ms at once: 200 a second. */
const steps: readonly { readonly name: string; readonly before: FluidLoad; readonly after: FluidLoad }[] = [
  { name: "a rate of requests", before: { perSecond: 100 }, after: { perSecond: 1600 } },
  { name: "clients that wait for each other", before: { clients: 5 }, after: { clients: 80 } },
];

describe.each(steps)("a step from one instance's load to eight times it, by $name", ({ before, after }) => {
  function stepped(startMs: number): { readonly service: FluidService; readonly stepMs: number } {
    const service = new FluidService({ startMs });
    service.load = before;
    service.run(120_000);
    expect(service.decision.count).toBe(1);
    const stepMs = service.nowMs;
    service.load = after;
    return { service, stepMs };
  }

  it("wants enough instances within 300 ms", () => {
    const { service } = stepped(1000);
    service.run(300);
    expect(service.decision.count).toBeGreaterThanOrEqual(8);
  });

  it.each([100, 1000, 5000])("does not shoot far over it when a start takes %d ms", (startMs) => {
    const { service, stepMs } = stepped(startMs);
    service.run(60_000);
    expect(service.peakSince(stepMs)).toBeGreaterThanOrEqual(12);
    expect(service.peakSince(stepMs)).toBeLessThanOrEqual(15);
    expect(service.moments.at(-1)?.waiting).toBe(0);
  });

  it("scales in after the load has gone, not at once, and to what is needed", () => {
    const { service } = stepped(1000);
    service.run(60_000);
    service.load = before;
    service.run(30_000);
    expect(service.decision.count).toBeGreaterThanOrEqual(12);
    service.run(300_000);
    expect(service.decision.count).toBe(1);
  });
});

describe("a slow rise", () => {
  it("never lets requests wait for long", () => {
    const service = new FluidService();
    for (let perSecond = 100; perSecond < 1600; perSecond += 50) {
      service.load = { perSecond };
      service.run(5000);
    }
    expect(Math.max(...service.moments.map(({ waiting }) => waiting))).toBeLessThan(100);
    expect(service.peakSince(0)).toBeLessThanOrEqual(15);
  });
});
