import { setImmediate as tick } from "node:timers/promises";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "../../../test/support/wait-for.ts";
import type { CollectorAnswer } from "./collector.ts";
import type { ReadableSpan } from "./span.ts";
import { BATCH_SIZE, type ExportProblem, MAX_QUEUED, SpanExporter } from "./span-exporter.ts";
import { aSpan } from "./test-support.ts";

const TAKEN: CollectorAnswer = { kind: "taken", refusedCount: 0, problem: null };
const AWAY: CollectorAnswer = { kind: "busy", retryAfterMs: null, problem: "away" };

/** A collector that answers as it is told, and time that passes by sleeping. */
class Scene {
  nowMs = 0;
  readonly pausesMs: number[] = [];
  readonly batches: (readonly ReadableSpan[])[] = [];
  readonly problems: ExportProblem[] = [];
  answer: (signal: AbortSignal) => Promise<CollectorAnswer> = async () => TAKEN;
  readonly end = new AbortController();
  readonly exporter = new SpanExporter({
    collector: {
      send: (spans, signal) => {
        this.batches.push(spans);
        return this.answer(signal);
      },
      close: () => undefined,
    },
    source: { resource: resourceFromAttributes({}), scope: { name: "slipway", version: "1" } },
    clock: {
      now: () => this.nowMs,
      sleep: async (durationMs) => {
        this.pausesMs.push(durationMs);
        this.nowMs += durationMs;
        await tick();
      },
    },
    report: (problem) => this.problems.push(problem),
  });

  add(count: number): void {
    this.exporter.add(Array.from({ length: count }, () => aSpan()));
  }

  get sentCount(): number {
    return this.batches.flat().length;
  }

  async stopAfter(condition: () => boolean): Promise<void> {
    const running = this.exporter.run(this.end.signal);
    await waitFor(condition, { everyMs: 1, timeoutMs: 5_000 });
    this.end.abort();
    await running;
  }
}

let scene: Scene;
beforeEach(() => void (scene = new Scene()));

describe("an exporter", () => {
  it("sends batches one after the other, and says nothing", async () => {
    scene.add(BATCH_SIZE + 10);
    await scene.stopAfter(() => scene.sentCount === BATCH_SIZE + 10);
    expect(scene.batches.map(({ length }) => length)).toEqual([BATCH_SIZE, 10]);
    expect(scene.problems).toEqual([]);
  });

  it("keeps what a collector that is away did not take, and asks less and less often", async () => {
    let tries = 0;
    scene.answer = async () => (++tries < 9 ? AWAY : TAKEN);
    scene.add(BATCH_SIZE);
    await scene.stopAfter(() => scene.exporter.queuedCount === 0);
    const pauses = scene.pausesMs.slice(0, 8);
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(scene.problems[0]).toEqual({ droppedCount: 0, refusedCount: 0, problem: "away" });
  });

  it("waits as long as it is asked to, but not for ever", async () => {
    const answers: CollectorAnswer[] = [
      { ...AWAY, retryAfterMs: 7_000 },
      { ...AWAY, retryAfterMs: 7_000_000 },
    ];
    scene.answer = async () => answers.shift() ?? TAKEN;
    scene.add(BATCH_SIZE);
    await scene.stopAfter(() => scene.exporter.queuedCount === 0);
    expect(scene.pausesMs.slice(0, 2)).toEqual([7_000, 60_000]);
  });

  it("holds so many and no more; what is dropped and refused is told once a minute", async () => {
    scene.add(MAX_QUEUED + 100);
    scene.add(5);
    expect(scene.exporter.queuedCount).toBe(MAX_QUEUED);
    scene.answer = async () => ({ kind: "refused", problem: "answered 401" });
    await scene.stopAfter(() => scene.exporter.queuedCount === 0);
    // The first at once, the second at the end: less than a minute passed.
    expect(scene.problems).toEqual([
      { droppedCount: 105, refusedCount: BATCH_SIZE, problem: "answered 401" },
      { droppedCount: 0, refusedCount: MAX_QUEUED - BATCH_SIZE, problem: "answered 401" },
    ]);
  });

  it("ends although its collector never answers", async () => {
    scene.answer = (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    scene.add(3);
    await scene.stopAfter(() => scene.batches.length > 0);
    expect(scene.exporter.queuedCount).toBe(0);
    expect(scene.problems).toEqual([{ droppedCount: 3, refusedCount: 0, problem: null }]);
  });

  it("sends at its end what came last", async () => {
    scene.end.abort();
    scene.add(3);
    await scene.exporter.run(scene.end.signal);
    expect(scene.sentCount).toBe(3);
  });

  it("gives up what cannot be written, and goes on", async () => {
    let tries = 0;
    scene.answer = async () => {
      if (++tries === 1) throw new Error("cannot be written");
      return TAKEN;
    };
    scene.add(BATCH_SIZE + 1);
    await scene.stopAfter(() => scene.sentCount === BATCH_SIZE + 1);
    expect(scene.problems[0]).toMatchObject({
      droppedCount: BATCH_SIZE,
      problem: "Error: cannot be written",
    });
  });
});
