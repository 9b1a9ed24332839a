/** Values of the last seconds, until they are written; bounded where they cannot be. */
import type { MetricName } from "../../domain/metric.ts";
import type { MeasuredBucket, MetricOwner } from "./metric-store.ts";
import { FINEST_S } from "./resolution.ts";
import { Sketch } from "./sketch.ts";

const BUCKET_MS = FINEST_S * 1000;
/** Some 20 MB: minutes of thousands of services whose database is away. */
const MOST_BUCKETS = 50_000;

interface OpenBucket {
  readonly owner: MetricOwner;
  readonly startMs: number;
  readonly values: Map<MetricName, Sketch>;
}

export class ValueRecorder {
  /** By start, then by whose: a key of both would be made anew for each of thousands of values a second. */
  #buckets = new Map<number, Map<string, OpenBucket>>();

  add(owner: MetricOwner, metric: MetricName, { atMs, value, times = 1 }: MeasuredValue): void {
    const { values } = this.#bucketOf(owner, bucketStart(atMs));
    const sketch = values.get(metric) ?? new Sketch();
    values.set(metric, sketch);
    sketch.add(value, times);
  }

  take(): readonly MeasuredBucket[] {
    const taken = [...this.#buckets.values()].flatMap((buckets) => Array.from(buckets.values()));
    this.#buckets = new Map();
    return taken;
  }

  /** They could not be written: they are taken again next time. Beyond all measure, the oldest are lost. */
  giveBack(buckets: readonly MeasuredBucket[]): void {
    const since = this.take();
    for (const { owner, startMs, values } of [...buckets, ...since].slice(-MOST_BUCKETS)) {
      const known = this.#bucketOf(owner, startMs).values;
      for (const [metric, sketch] of values) {
        const merged = known.get(metric) ?? new Sketch();
        merged.merge(sketch);
        known.set(metric, merged);
      }
    }
  }

  #bucketOf(owner: MetricOwner, startMs: number): OpenBucket {
    const buckets = this.#buckets.get(startMs) ?? new Map<string, OpenBucket>();
    if (buckets.size === 0) this.#buckets.set(startMs, buckets);
    const { serviceId, instanceId } = owner;
    const key = instanceId === null ? serviceId : `${serviceId} ${instanceId}`;
    const bucket = buckets.get(key) ?? { owner, startMs, values: new Map<MetricName, Sketch>() };
    if (bucket.values.size === 0) buckets.set(key, bucket);
    return bucket;
  }
}

export interface MeasuredValue {
  readonly atMs: number;
  readonly value: number;
  readonly times?: number;
}

function bucketStart(atMs: number): number {
  return Math.floor(atMs / BUCKET_MS) * BUCKET_MS;
}
