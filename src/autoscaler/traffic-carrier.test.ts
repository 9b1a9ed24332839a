import { describe, expect, it } from "vitest";
import { HOUR_MS, noUsage, type UsageHour } from "../domain/usage.ts";
import type { MetricPoint, MetricQuery, MetricReader, MetricSeries } from "../ports/metrics.ts";
import type { Tables } from "../ports/store.ts";
import { carryOnce, type TrafficCarrierDeps } from "./traffic-carrier.ts";

const MINUTE_MS = 60_000;
const START_MS = 1000 * HOUR_MS;

/** Metrics with a value a minute, and a store whose transactions may fail. */
class Scene {
  nowMs = START_MS;
  readonly values = new Map<number, number>();
  readonly settings = new Map<string, string>();
  readonly added: UsageHour[] = [];
  isBroken = false;

  async carry(): Promise<void> {
    await carryOnce(this.#deps());
  }

  /** Bytes of answers in one minute. */
  serve(minute: number, bytes: number): void {
    this.values.set(START_MS + minute * MINUTE_MS, bytes);
  }

  #deps(): TrafficCarrierDeps {
    const settings = {
      get: async (name: string) => this.settings.get(name) ?? null,
      put: async (name: string, value: string) => void this.settings.set(name, value),
    } as Tables["settings"];
    const usage = { add: async (hours: readonly UsageHour[]) => void this.added.push(...hours) };
    return {
      metrics: this.#metrics(),
      store: {
        settings,
        transaction: async (work) => {
          if (this.isBroken) throw new Error("the disk is full");
          return work({ settings, usage } as unknown as Tables);
        },
      },
      clock: { now: () => this.nowMs, sleep: async () => undefined },
      onError: (error) => {
        throw error;
      },
    };
  }

  #metrics(): MetricReader {
    const series: MetricSeries = {
      metric: "EgressBytes",
      serviceId: "s1",
      serviceName: "web",
      instanceId: null,
    };
    return {
      list: async () => [series, { ...series, metric: "Requests" }],
      read: async ({ startMs, endMs }: MetricQuery) =>
        [...this.values]
          .filter(([atMs]) => atMs >= startMs && atMs < endMs)
          .map(([atMs, sum]) => ({ startMs: atMs, sum }) as unknown as MetricPoint),
    };
  }
}

const hour = (hourStartMs: number, egressBytes: number) => ({
  ...noUsage,
  serviceId: "s1",
  hourStartMs,
  egressBytes,
});

describe("bytes of answers", () => {
  it("are carried once each, when their minute is over and written, into their hours", async () => {
    const scene = new Scene();
    await scene.carry();
    scene.serve(0, 100);
    scene.serve(1, 20);
    scene.nowMs = START_MS + MINUTE_MS + 29_000;
    await scene.carry();
    expect(scene.added).toEqual([]);
    scene.nowMs += 1_000;
    await scene.carry();
    await scene.carry();
    expect(scene.added).toEqual([hour(START_MS, 100)]);
    scene.serve(59, 3);
    scene.serve(60, 4);
    scene.nowMs = START_MS + 62 * MINUTE_MS;
    await scene.carry();
    expect(scene.added.slice(1)).toEqual([hour(START_MS, 23), hour(START_MS + HOUR_MS, 4)]);
  });

  it("are carried next time when they could not be written", async () => {
    const scene = new Scene();
    await scene.carry();
    scene.serve(0, 100);
    scene.nowMs = START_MS + 2 * MINUTE_MS;
    scene.isBroken = true;
    await expect(scene.carry()).rejects.toThrow("disk");
    scene.isBroken = false;
    scene.nowMs += MINUTE_MS;
    await scene.carry();
    expect(scene.added).toEqual([hour(START_MS, 100)]);
  });

  it("of before it began are not ours, nor does a clock that was set back for days stop it for days", async () => {
    const scene = new Scene();
    scene.serve(-5, 100);
    await scene.carry();
    scene.nowMs = START_MS - 48 * HOUR_MS;
    await scene.carry();
    scene.values.set(scene.nowMs, 7);
    scene.nowMs += 2 * MINUTE_MS;
    await scene.carry();
    expect(scene.added).toEqual([hour(START_MS - 48 * HOUR_MS, 7)]);
  });
});
