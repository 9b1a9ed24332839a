/** Minutes of one service as they are after three hours: what a year of it takes does not depend on the ten seconds before. */
import type { MetricName } from "../../../domain/metric.ts";
import type { MeasuredBucket } from "../metric-store.ts";
import { Sketch } from "../sketch.ts";

const ROUNDS_A_MINUTE = 6;
const SAMPLES_A_MINUTE = 600;
const REQUESTS_A_ROUND = 200;
const INSTANCES = ["i0", "i1"];

export interface MadeUpMinutes {
  /** The next number from 0 up to, not including, this one: whole, and always the same ones. */
  readonly chance: (below: number) => number;
}

export function madeUpMinutes(): MadeUpMinutes {
  let seed = 1;
  return {
    chance: (below) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return Math.floor((seed / 2_147_483_648) * below);
    },
  };
}

/** Two instances, 20 requests a second. */
export function busyMinute({ chance }: MadeUpMinutes, startMs: number): readonly MeasuredBucket[] {
  const requests = rounds(() => REQUESTS_A_ROUND + chance(20));
  const latency = tallied(
    ROUNDS_A_MINUTE * REQUESTS_A_ROUND,
    () => 5 + chance(60) + (chance(50) === 0 ? 400 : 0),
  );
  const samples = (below: number) => tallied(SAMPLES_A_MINUTE, () => chance(below));
  const instances = INSTANCES.map(() => ({
    cpu: rounds(() => 30 + chance(1000) / 100),
    memory: rounds(() => 10 + chance(40) / 100),
  }));
  const service = new Map<MetricName, Sketch>([
    ["Requests", requests],
    ["2xxStatusResponses", rounds(() => REQUESTS_A_ROUND + chance(20))],
    ["3xxStatusResponses", rounds(() => 0)],
    ["4xxStatusResponses", rounds(() => 0)],
    ["5xxStatusResponses", rounds(() => chance(2))],
    ["RequestLatency", latency],
    ["Concurrency", samples(7)],
    ["QueuedRequests", samples(1)],
    ["ActiveInstances", rounds(() => 2)],
    ["ProvisionedInstances", rounds(() => 2)],
    ["CPUUtilization", merged(instances.map(({ cpu }) => cpu))],
    ["MemoryUtilization", merged(instances.map(({ memory }) => memory))],
    ["EgressBytes", rounds(() => (REQUESTS_A_ROUND + chance(20)) * (900 + chance(200)))],
  ]);
  return [
    bucket(null, startMs, service),
    ...instances.map(({ cpu, memory }, index) =>
      bucket(
        INSTANCES[index] ?? null,
        startMs,
        new Map([
          ["CPUUtilization", cpu],
          ["MemoryUtilization", memory],
        ]),
      ),
    ),
  ];
}

/** One instance that nobody calls. */
export function restingMinute({ chance }: MadeUpMinutes, startMs: number): readonly MeasuredBucket[] {
  const instance = new Map<MetricName, Sketch>([
    ["CPUUtilization", Sketch.of(chance(20) / 100)],
    ["MemoryUtilization", Sketch.of(10 + chance(40) / 100)],
  ]);
  const service = new Map<MetricName, Sketch>([["ProvisionedInstances", Sketch.of(1)], ...instance]);
  return [bucket(null, startMs, service), bucket("i0", startMs, instance)];
}

function rounds(value: () => number): Sketch {
  return Sketch.of(...Array.from({ length: ROUNDS_A_MINUTE }, value));
}

/** Hundreds of values, of which many are the same: each that there is is added once, or months would take hours to make. */
function tallied(count: number, value: () => number): Sketch {
  const times = new Map<number, number>();
  for (let index = 0; index < count; index++) {
    const one = value();
    times.set(one, (times.get(one) ?? 0) + 1);
  }
  const sketch = new Sketch();
  for (const [one, many] of times) sketch.add(one, many);
  return sketch;
}

function merged(sketches: readonly Sketch[]): Sketch {
  const all = new Sketch();
  for (const sketch of sketches) all.merge(sketch);
  return all;
}

function bucket(
  instanceId: string | null,
  startMs: number,
  values: ReadonlyMap<MetricName, Sketch>,
): MeasuredBucket {
  return { owner: { serviceId: "s0", serviceName: "service-0", instanceId }, startMs, values };
}
