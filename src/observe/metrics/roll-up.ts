/**
 * Makes old values coarser and forgets the oldest. Each step moves a few rows in one transaction: whoever is killed between
 * two steps goes on where it was, and no value is ever in two places.
 *
 * Age is told by a horizon of its own, which follows the clock by an hour each time at most: a clock that jumps ahead for
 * some minutes must not cost a year of values.
 */
import { decodeChunk, encodeChunk, mergeInto } from "./chunk.ts";
import type { MetricDatabase } from "./metric-database.ts";
import type { MetricStore } from "./metric-store.ts";
import {
  finest,
  type Resolution,
  resolutions,
  SECONDS_PER_DAY,
  SECONDS_PER_HOUR,
  startOf,
} from "./resolution.ts";
import type { Sketch } from "./sketch.ts";

export interface RollUpOptions {
  readonly store: MetricStore;
  readonly limitMiB: number;
  /** Between two steps: others want to run too. */
  readonly pause: () => Promise<void>;
}

const MIB = 1024 * 1024;
/**
 * Some 20 ms; of busy owners up to 80. The rows of an owner lie apart, those of a time together: were it fewer, the same
 * pages would be written again and again.
 */
const ROWS_AT_ONCE = 2000;
const OWNERS_AT_ONCE = 50;
const CHUNKS_AT_ONCE = 32;
const HORIZON_STEP_S = SECONDS_PER_HOUR;
/** Later values are of a clock that was wrong. */
const AHEAD_S = SECONDS_PER_DAY;

interface ChunkRow {
  readonly startS: number;
  readonly owner: number;
  readonly metric: number;
  readonly body: Uint8Array;
}

export class RollUp {
  readonly #store: MetricStore;
  readonly #database: MetricDatabase;
  readonly #limitBytes: number;
  readonly #pause: () => Promise<void>;

  constructor({ store, limitMiB, pause }: RollUpOptions) {
    this.#store = store;
    this.#database = store.database;
    this.#limitBytes = limitMiB * MIB;
    this.#pause = pause;
  }

  /** All that is due. May be called at any time, and should be each minute. */
  async sweep(nowMs: number): Promise<void> {
    const horizonS = this.#moveHorizon(Math.floor(nowMs / 1000));
    await this.#moveRecent(horizonS - finest.keptS);
    for (const [index, resolution] of resolutions.entries()) {
      await this.#moveChunks(resolution, resolutions[index + 1] ?? null, horizonS - resolution.keptS);
    }
    this.#forgetAhead(Math.floor(nowMs / 1000) + AHEAD_S);
    await this.#keepSmall(horizonS);
    this.#forgetSeries(horizonS);
    this.#database.shrink();
  }

  /** A clock that was set back takes the horizon with it. */
  #moveHorizon(nowS: number): number {
    return this.#database.transaction(() => {
      const row = this.#database.statement("select value from mark where name = 'horizon'").get();
      const before = row === undefined ? nowS : Number(row["value"]);
      const horizonS = Math.min(nowS, before + HORIZON_STEP_S);
      this.#database
        .statement("insert or replace into mark (name, value) values ('horizon', ?)")
        .run(horizonS);
      return horizonS;
    });
  }

  /** Whole hours that ended before then. */
  async #moveRecent(beforeS: number): Promise<void> {
    for (const hourS of this.#store.recentHours()) {
      if (hourS + SECONDS_PER_HOUR <= beforeS) await this.#moveHour(hourS);
    }
  }

  async #moveHour(hourS: number): Promise<void> {
    for (;;) {
      const owners = this.#database
        .statement(
          `select distinct owner from (select owner from recent where start_s >= ? and start_s < ? limit ${ROWS_AT_ONCE})
           limit ${OWNERS_AT_ONCE}`,
        )
        .all(hourS, hourS + SECONDS_PER_HOUR);
      if (owners.length === 0) return;
      this.#database.transaction(() => {
        let rows = 0;
        for (const { owner } of owners)
          if (rows < ROWS_AT_ONCE) rows += this.#moveOwner(Number(owner), hourS);
      });
      await this.#pause();
    }
  }

  /** How many rows it had. */
  #moveOwner(owner: number, hourS: number): number {
    const [to] = resolutions as readonly [Resolution];
    const byMetric = new Map<number, Map<number, Sketch>>();
    const rows = this.#store.recentOf(owner, hourS, hourS + SECONDS_PER_HOUR);
    for (const { startS, values } of rows) {
      for (const [metric, sketch] of values) {
        const buckets = byMetric.get(metric) ?? new Map<number, Sketch>();
        byMetric.set(metric, buckets);
        mergeInto(buckets, Math.floor((startS - hourS) / to.bucketS), sketch);
      }
      this.#database.statement("delete from recent where start_s = ? and owner = ?").run(startS, owner);
    }
    for (const [metric, buckets] of byMetric) this.#mergeChunk(to, { startS: hourS, owner, metric }, buckets);
    return rows.length;
  }

  /** To the next coarser resolution, or away from the coarsest. */
  async #moveChunks(from: Resolution, to: Resolution | null, beforeS: number): Promise<void> {
    while (this.#moveSome(from, to, beforeS) > 0) await this.#pause();
  }

  #moveSome(from: Resolution, to: Resolution | null, beforeS: number): number {
    return this.#database.transaction(() => {
      const rows = this.#oldest(from, beforeS - from.chunkS);
      for (const row of rows) {
        if (to !== null) this.#coarsen(from, to, row);
        this.#database
          .statement("delete from chunk where bucket_s = ? and start_s = ? and owner = ? and metric = ?")
          .run(from.bucketS, row.startS, row.owner, row.metric);
      }
      return rows.length;
    });
  }

  #oldest({ bucketS }: Resolution, upToS: number): readonly ChunkRow[] {
    const rows = this.#database
      .statement(
        `select start_s, owner, metric, body from chunk where bucket_s = ? and start_s <= ?
         order by start_s limit ${CHUNKS_AT_ONCE}`,
      )
      .all(bucketS, upToS);
    return rows.map(({ start_s, owner, metric, body }) => ({
      startS: Number(start_s),
      owner: Number(owner),
      metric: Number(metric),
      body: body as Uint8Array,
    }));
  }

  /** A chunk lies within one of the coarser resolution. */
  #coarsen(from: Resolution, to: Resolution, { startS, owner, metric, body }: ChunkRow): void {
    const chunkStartS = startOf(startS, to.chunkS);
    const buckets = new Map<number, Sketch>();
    for (const [index, sketch] of decodeChunk(body)) {
      const atS = startS + index * from.bucketS;
      mergeInto(buckets, Math.floor((atS - chunkStartS) / to.bucketS), sketch);
    }
    this.#mergeChunk(to, { startS: chunkStartS, owner, metric }, buckets);
  }

  #mergeChunk(
    { bucketS }: Resolution,
    { startS, owner, metric }: Omit<ChunkRow, "body">,
    added: ReadonlyMap<number, Sketch>,
  ): void {
    const known = this.#database
      .statement("select body from chunk where bucket_s = ? and start_s = ? and owner = ? and metric = ?")
      .get(bucketS, startS, owner, metric)?.["body"];
    const buckets = known === undefined ? new Map<number, Sketch>() : decodeChunk(known as Uint8Array);
    for (const [index, sketch] of added) mergeInto(buckets, index, sketch);
    this.#database
      .statement(
        "insert or replace into chunk (bucket_s, start_s, owner, metric, body) values (?, ?, ?, ?, ?)",
      )
      .run(bucketS, startS, owner, metric, encodeChunk(buckets));
  }

  /** The finest and oldest lose their detail first; what is coarsest already is deleted. The last hour stays. */
  async #keepSmall(horizonS: number): Promise<void> {
    while (this.#database.usedBytes() > this.#limitBytes) {
      if (!(await this.#makeRoom(horizonS))) return;
    }
  }

  async #makeRoom(horizonS: number): Promise<boolean> {
    const [hourS] = this.#store.recentHours();
    if (hourS !== undefined && hourS + SECONDS_PER_HOUR <= horizonS) {
      await this.#moveHour(hourS);
      return true;
    }
    for (const [index, from] of resolutions.entries()) {
      const to = resolutions[index + 1] ?? null;
      if (this.#moveSome(from, to, Number.MAX_SAFE_INTEGER) > 0) {
        await this.#pause();
        return true;
      }
    }
    return false;
  }

  #forgetAhead(fromS: number): void {
    this.#database.transaction(() => {
      this.#database.statement("delete from recent where start_s > ?").run(fromS);
      this.#database.statement("delete from chunk where bucket_s = 60 and start_s > ?").run(fromS);
    });
  }

  /** Names of what has no values any more. */
  #forgetSeries(horizonS: number): void {
    const keptS = Math.max(...resolutions.map((one) => one.keptS + one.chunkS));
    const { changes } = this.#database.statement("delete from series where last_s < ?").run(horizonS - keptS);
    if (changes === 0) return;
    this.#database.statement("delete from owner where id not in (select owner from series)").run();
    this.#store.forgetOwners();
  }
}
