/** Services as a collector hears of them, without edge and engine: some busy, some at rest, some at zero. */
import { plainPolicy } from "../../src/autoscaler/testing/fluid-service.ts";
import type { MetricCollector, MetricCollectorDeps } from "../../src/observe/metrics/metric-collector.ts";
import type { SlotCounters } from "../../src/ports/edge-traffic.ts";
import type { ServiceRequest } from "../../src/ports/request-log.ts";
import type { ScaledService } from "../../src/ports/scaling.ts";

export interface Population {
  readonly busy: number;
  readonly resting: number;
  readonly atZero: number;
}

const BUSY_INSTANCES = 2;
const SAMPLES_A_SECOND = 10;
const REQUESTS_A_SECOND = 20;

export class MadeUpServices {
  nowMs: number;
  readonly #population: Population;
  readonly #counters = new Map<number, SlotCounters>();
  readonly #cpuMs = new Map<string, number>();
  /** Always the same numbers, so that two runs can be compared. */
  #seed = 1;

  constructor(population: Population, startMs: number) {
    this.#population = population;
    this.nowMs = startMs;
  }

  get ports(): Omit<MetricCollectorDeps, "store" | "onError"> {
    const startedAtMs = this.nowMs;
    return {
      edge: {
        readCounters: async ({ slots }) => {
          const known = slots.flatMap((slot) => {
            const counters = this.#counters.get(slot);
            return counters === undefined ? [] : [[slot, counters] as const];
          });
          return [{ worker: "1@1", startedAtMs, slots: new Map(known), refusals: new Map() }];
        },
      },
      engine: { readUsage: async (ids) => new Map(ids.map((id) => [id, this.#usage(id)])) },
      clock: { now: () => this.nowMs, sleep: async () => {} },
      serviceName: async (id) => `service-${id}`,
    };
  }

  introduce(collector: MetricCollector): void {
    const { busy, resting, atZero } = this.#population;
    for (let index = 0; index < busy + resting + atZero; index++) {
      const count = index < busy ? BUSY_INSTANCES : index < busy + resting ? 1 : 0;
      collector.see(`s${index}`, serviceOf(index, count));
    }
  }

  /** Makes what happens in ten seconds; who is given the collector then tells it. */
  passTenSeconds(): (collector: MetricCollector) => void {
    const fromMs = this.nowMs;
    const busy = Array.from({ length: this.#population.busy }, (_, index) => index);
    for (const index of busy) this.#count(index);
    const loads = Array.from({ length: 10 * SAMPLES_A_SECOND }, () =>
      busy.map((index) => [index, this.#chance(5), this.#chance(3)] as const),
    );
    const requests = busy.flatMap((index) =>
      Array.from({ length: 10 * REQUESTS_A_SECOND }, (_, at) => this.#request(index, fromMs + at * 50)),
    );
    this.nowMs += 10_000;
    return (collector) => {
      for (const [at, sampled] of loads.entries()) {
        for (const [index, first, second] of sampled) {
          const inFlight = new Map([
            [`i${index}-0`, first],
            [`i${index}-1`, second],
          ]);
          collector.sample(`s${index}`, { inFlight, queued: 0, requestCount: 0 }, fromMs + at * 100, 0);
        }
      }
      collector.take(requests, 0);
    };
  }

  #count(index: number): void {
    const before = this.#counters.get(2 * index);
    const ended = 10 * REQUESTS_A_SECOND + this.#chance(20);
    const requestCount = (before?.requestCount ?? 0) + ended;
    const failed = (before?.statusCounts[4] ?? 0) + this.#chance(2);
    this.#counters.set(2 * index, {
      requestCount,
      statusCounts: [0, requestCount - failed, 0, 0, failed],
      responseBytes: (before?.responseBytes ?? 0) + ended * (900 + this.#chance(200)),
      presentCount: 1,
    });
  }

  #request(index: number, startedAtMs: number): ServiceRequest {
    const totalMs = 5 + this.#chance(60) + (this.#chance(50) === 0 ? 400 : 0);
    return {
      startedAtMs,
      host: `s${index}.test`,
      slot: 2 * index,
      instanceId: `i${index}-0`,
      method: "GET",
      path: "/",
      status: 200,
      responseBytes: 1000,
      clientAddress: "127.0.0.1",
      scheme: "http",
      requestId: "0",
      timings: { heldMs: null, queuedMs: 0, connectMs: 0, responseMs: totalMs, totalMs },
      isForAccessLog: false,
      cut: null,
      trace: null,
      weight: 1,
      service: { id: `s${index}`, name: `service-s${index}` },
    };
  }

  /** Busy ones use a third of their processors, others next to nothing. */
  #usage(id: string): { readonly cpuMs: number; readonly memoryMiB: number } {
    const isBusy = Number(/^i(\d+)-/.exec(id)?.[1]) < this.#population.busy;
    const cpuMs = (this.#cpuMs.get(id) ?? 0) + (isBusy ? 3000 + this.#chance(1000) : this.#chance(20));
    this.#cpuMs.set(id, cpuMs);
    return { cpuMs, memoryMiB: 200 + this.#chance(8) };
  }

  #chance(below: number): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((this.#seed / 2_147_483_648) * below);
  }
}

function serviceOf(index: number, instances: number): ScaledService {
  return {
    hosts: [`s${index}.test`],
    slot: 2 * index,
    policy: plainPolicy,
    instanceSize: { cpuMillis: 1000, memoryMiB: 2048 },
    instances: Array.from({ length: instances }, (_, one) => {
      return { instanceId: `i${index}-${one}`, state: "ready" } as const;
    }),
    activeSinceMs: 0,
    isDeployedAutomatically: false,
  };
}
