/**
 * Where metrics are kept. Each value is in one place only: among the ten seconds, then in chunks that get coarser with age;
 * a move is one transaction (`roll-up.ts`). So nothing is counted twice, and what comes late is merged with what is there.
 */
import type { MetricName } from "../../domain/metric.ts";
import type { MetricPoint, MetricQuery, MetricReader, MetricSeries } from "../../ports/metrics.ts";
import { decodeChunk, decodeSketches, encodeSketches, mergeInto } from "./chunk.ts";
import { MetricDatabase, type ReportMetrics } from "./metric-database.ts";
import { codeOf, FINEST_S, metricOf, resolutions, SECONDS_PER_HOUR, startOf } from "./resolution.ts";
import type { Sketch } from "./sketch.ts";

export interface MetricOwner {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly instanceId: string | null;
}

/** What was measured of one owner in ten seconds. */
export interface MeasuredBucket {
  readonly owner: MetricOwner;
  readonly startMs: number;
  readonly values: ReadonlyMap<MetricName, Sketch>;
}

/** Where counters of the edge stood when they were last counted; null: never again. */
export interface CounterMark {
  readonly worker: string;
  readonly name: string;
  readonly value: string | null;
}

export interface MetricStoreOptions {
  readonly path: string;
  readonly report: ReportMetrics;
}

const MS = 1000;
const LONGEST_READ_S = 460 * 86_400;

export class MetricStore implements MetricReader {
  readonly database: MetricDatabase;
  readonly #owners = new Map<string, number>();
  /** Until which hour the database knows that a series has values. */
  readonly #lastS = new Map<string, number>();

  constructor({ path, report }: MetricStoreOptions) {
    this.database = new MetricDatabase(path, report);
  }

  close(): void {
    this.database.close();
  }

  /** Values and the counters they were made of, together or not at all. Throws when it cannot. */
  write(buckets: readonly MeasuredBucket[], marks: readonly CounterMark[]): void {
    if (buckets.length === 0 && marks.length === 0) return;
    try {
      this.database.transaction(() => {
        for (const bucket of buckets) this.#writeBucket(bucket);
        for (const mark of marks) this.#writeMark(mark);
      });
    } catch (error) {
      // What was rolled back is not there; a database that began anew has none of it.
      this.forgetOwners();
      throw error;
    }
  }

  forgetOwners(): void {
    this.#owners.clear();
    this.#lastS.clear();
  }

  marks(): readonly (CounterMark & { readonly value: string })[] {
    const rows = this.database.guarded(() =>
      this.database.statement("select worker, name, value from counter").all(),
    );
    return rows.map(({ worker, name, value }) => ({
      worker: String(worker),
      name: String(name),
      value: String(value),
    }));
  }

  /** Right to the hour. */
  async list(sinceMs: number): Promise<readonly MetricSeries[]> {
    const rows = this.database.guarded(() =>
      this.database
        .statement(
          `select service_id, service_name, instance_id, metric from series join owner on owner.id = series.owner
           where last_s + ${SECONDS_PER_HOUR} > ? order by service_name, service_id, instance_id, metric`,
        )
        .all(sinceMs / MS),
    );
    return rows.flatMap((row) => {
      const metric = metricOf(Number(row["metric"]));
      if (metric === null) return [];
      const instanceId = String(row["instance_id"]) || null;
      const [serviceId, serviceName] = [String(row["service_id"]), String(row["service_name"])];
      return [{ metric, serviceId, serviceName, instanceId }];
    });
  }

  async read(query: MetricQuery): Promise<readonly MetricPoint[]> {
    const periodS = query.periodMs / MS;
    if (!(periodS > 0) || periodS % FINEST_S !== 0) {
      throw new RangeError(`a period of ${query.periodMs} ms is no multiple of ${FINEST_S} seconds`);
    }
    return this.database.guarded(() => this.#read(query, periodS));
  }

  #read(query: MetricQuery, periodS: number): readonly MetricPoint[] {
    const owner = this.#findOwner(query.serviceId, query.instanceId);
    const endS = Math.ceil(query.endMs / MS);
    const startS = Math.max(Math.ceil(query.startMs / MS), endS - LONGEST_READ_S);
    if (owner === null || startS >= endS) return [];
    const periods = new Map<number, Sketch>();
    const take = (atS: number, sketch: Sketch): void => {
      if (atS >= startS && atS < endS) mergeInto(periods, startOf(atS, periodS), sketch);
    };
    const range = { owner, code: codeOf(query.metric), startS, endS };
    this.#readChunks(range, take);
    this.#readRecent(range, take);
    return [...periods]
      .sort(([one], [other]) => one - other)
      .map(([atS, sketch]) => pointOf(atS * MS, sketch));
  }

  #readChunks({ owner, code, startS, endS }: Range, take: Take): void {
    for (const { bucketS, chunkS } of resolutions) {
      const [first, last] = this.#span(`chunk where bucket_s = ${bucketS}`);
      const fromS = Math.max(startOf(startS, chunkS), first);
      const rows = this.database
        .statement(
          `with recursive at(s) as (select ?1 union all select s + ${chunkS} from at where s + ${chunkS} < ?2)
           select start_s, body from at cross join chunk
           on bucket_s = ${bucketS} and start_s = at.s and owner = ?3 and metric = ?4 where ?1 < ?2`,
        )
        .all(fromS, Math.min(endS, last + 1), owner, code);
      for (const { start_s, body } of rows) {
        for (const [index, sketch] of decodeChunk(body as Uint8Array))
          take(Number(start_s) + index * bucketS, sketch);
      }
    }
  }

  /** Hour by hour, as far as there are any: a clock that was wrong may have left some far from the others. */
  #readRecent({ owner, code, startS, endS }: Range, take: Take): void {
    for (const hourS of this.recentHours()) {
      const [fromS, toS] = [
        Math.max(startOf(startS, FINEST_S), hourS),
        Math.min(endS, hourS + SECONDS_PER_HOUR),
      ];
      if (fromS >= toS) continue;
      for (const { startS: atS, values } of this.recentOf(owner, fromS, toS)) {
        const sketch = values.get(code);
        if (sketch !== undefined) take(atS, sketch);
      }
    }
  }

  /** Hours with values every ten seconds, oldest first. */
  recentHours(): readonly number[] {
    const rows = this.database
      .statement(
        `with recursive hour(s) as (
           select min(start_s) / 3600 * 3600 from recent
           union all
           select (select min(start_s) from recent where start_s >= hour.s + 3600) / 3600 * 3600
           from hour where hour.s is not null)
         select s from hour where s is not null`,
      )
      .all();
    return rows.map(({ s }) => Number(s));
  }

  recentOf(
    owner: number,
    fromS: number,
    toS: number,
  ): readonly { readonly startS: number; readonly values: ReadonlyMap<number, Sketch> }[] {
    const rows = this.database
      .statement(
        `with recursive at(s) as (select ?1 union all select s + ${FINEST_S} from at where s + ${FINEST_S} < ?2)
         select start_s, body from at cross join recent on start_s = at.s and owner = ?3`,
      )
      .all(fromS, toS, owner);
    return rows.map(({ start_s, body }) => {
      return { startS: Number(start_s), values: decodeSketches(body as Uint8Array) };
    });
  }

  #span(where: string): readonly [number, number] {
    const least = this.database.statement(`select min(start_s) as s from ${where}`).get()?.["s"];
    const greatest = this.database.statement(`select max(start_s) as s from ${where}`).get()?.["s"];
    return [Number(least ?? 0), Number(greatest ?? -1)];
  }

  #writeBucket({ owner, startMs, values }: MeasuredBucket): void {
    const id = this.#ownerId(owner);
    const startS = startOf(startMs / MS, FINEST_S);
    const known = this.database
      .statement("select body from recent where start_s = ? and owner = ?")
      .get(startS, id)?.["body"];
    const sketches = known === undefined ? new Map<number, Sketch>() : decodeSketches(known as Uint8Array);
    for (const [metric, sketch] of values) {
      mergeInto(sketches, codeOf(metric), sketch);
      this.#noteSeries(id, codeOf(metric), startS);
    }
    this.database
      .statement("insert or replace into recent (start_s, owner, body) values (?, ?, ?)")
      .run(startS, id, encodeSketches(sketches));
  }

  #noteSeries(owner: number, code: number, atS: number): void {
    const hourS = startOf(atS, SECONDS_PER_HOUR);
    const key = `${owner} ${code}`;
    if ((this.#lastS.get(key) ?? -1) >= hourS) return;
    this.#lastS.set(key, hourS);
    this.database
      .statement(
        `insert into series (owner, metric, last_s) values (?, ?, ?)
         on conflict do update set last_s = max(last_s, excluded.last_s)`,
      )
      .run(owner, code, hourS);
  }

  #writeMark({ worker, name, value }: CounterMark): void {
    if (value === null) {
      this.database.statement("delete from counter where worker = ? and name = ?").run(worker, name);
      return;
    }
    this.database
      .statement("insert or replace into counter (worker, name, value) values (?, ?, ?)")
      .run(worker, name, value);
  }

  #ownerId({ serviceId, serviceName, instanceId }: MetricOwner): number {
    const key = `${serviceId} ${instanceId ?? ""}`;
    const known = this.#owners.get(key) ?? this.#findOwner(serviceId, instanceId);
    if (known !== null) {
      this.#owners.set(key, known);
      return known;
    }
    const { lastInsertRowid } = this.database
      .statement("insert into owner (service_id, instance_id, service_name) values (?, ?, ?)")
      .run(serviceId, instanceId ?? "", serviceName);
    this.#owners.set(key, Number(lastInsertRowid));
    return Number(lastInsertRowid);
  }

  #findOwner(serviceId: string, instanceId: string | null): number | null {
    const row = this.database
      .statement("select id from owner where service_id = ? and instance_id = ?")
      .get(serviceId, instanceId ?? "");
    return row === undefined ? null : Number(row["id"]);
  }
}

interface Range {
  readonly owner: number;
  readonly code: number;
  readonly startS: number;
  readonly endS: number;
}

type Take = (atS: number, sketch: Sketch) => void;

function pointOf(startMs: number, sketch: Sketch): MetricPoint {
  const { count, sum, minimum, maximum } = sketch;
  return {
    startMs,
    count,
    sum,
    minimum,
    maximum,
    quantile: (share) => sketch.quantile(share),
    shareBetween: (low, high) => sketch.shareBetween(low, high),
    between: (lowShare, highShare) => sketch.between(lowShare, highShare),
  };
}
