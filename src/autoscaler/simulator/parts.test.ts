/** The small parts that millions of requests go through. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventHeap } from "./event-heap.ts";
import { InstanceMeter } from "./instance-meter.ts";
import { appRunnerPrices, costOf } from "./price.ts";
import { RequestQueue } from "./request-queue.ts";
import { WaitHistogram } from "./wait-histogram.ts";

describe("events", () => {
  it("come in the order of their times, whatever the order they were told in", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1000 }), { maxLength: 3000 }), (times) => {
        const heap = new EventHeap();
        for (const [index, atMs] of times.entries()) heap.add(atMs, index);
        const taken: number[] = [];
        while (heap.nextMs < Infinity) taken.push(times[heap.take()]!);
        expect(taken).toEqual(times.toSorted((one, other) => one - other));
      }),
      { numRuns: 50 },
    );
  });
});

describe("a queue of requests", () => {
  it("gives them back in order, also when it grows in the middle of its ring", () => {
    const queue = new RequestQueue();
    for (let count = 0; count < 200; count++) queue.push(count, 0);
    for (let count = 0; count < 150; count++) queue.shift();
    for (let count = 200; count < 1000; count++) queue.push(count, count / 2);
    const left: number[] = [];
    for (; queue.size > 0; queue.shift()) left.push(queue.firstAtMs);
    expect(left).toEqual(Array.from({ length: 850 }, (_, index) => 150 + index));
    expect(queue.firstAtMs).toBe(Infinity);
  });
});

describe("waits", () => {
  it("are told to one part in a hundred", () => {
    const waits = new WaitHistogram();
    expect(waits.quantile(0.99)).toBe(0);
    for (let ms = 1; ms <= 1000; ms++) waits.add(ms);
    expect(waits.quantile(0.5) / 500).toBeCloseTo(1, 1.7);
    expect(waits.quantile(0.99) / 990).toBeCloseTo(1, 1.7);
    expect([waits.quantile(1), waits.maxMs]).toEqual([1000, 1000]);
  });
});

describe("an instance's account", () => {
  it("is active for a minute at least, and by the second beyond that", () => {
    const meter = new InstanceMeter();
    const activeS = () => meter.use.activeHours * 3600;
    const adopted = meter.adopt(0);
    meter.addWork(adopted, 100, 200);
    meter.addWork(adopted, 300, 1400);
    expect(activeS()).toBeCloseTo(60);
    meter.addWork(adopted, 60_000, 61_700);
    expect(activeS()).toBeCloseTo(62);
    meter.addWork(adopted, 100_000, 190_500);
    expect(activeS()).toBeCloseTo(62 + 91);
    meter.end(adopted, 3_600_000);
    expect(meter.use.provisionedHours).toBe(1);
  });

  it("is active for a minute after its start too, but not beyond the simulation's end", () => {
    const meter = new InstanceMeter();
    const begun = meter.begin(10_000);
    meter.addWork(begun, 20_000, 21_000);
    expect(meter.use.activeHours * 3600).toBeCloseTo(60);
    meter.close(begun, 50_000);
    expect(meter.use.activeHours * 3600).toBeCloseTo(40);
    expect(meter.use.provisionedHours * 3600).toBeCloseTo(40);
  });

  it("is paid as App Runner is: memory while it is there, processors while it works", () => {
    const use = { provisionedHours: 10, activeHours: 3 };
    expect(costOf(use, { vcpu: 2, memoryGiB: 4 }, appRunnerPrices)).toBeCloseTo(
      10 * 4 * 0.007 + 3 * 2 * 0.064,
    );
  });
});
