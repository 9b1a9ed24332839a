/**
 * The database file of the metrics: opened, migrated, and begun anew when it is damaged; the damaged one is set aside.
 * What lies in it is of no use to serving: whoever calls reports errors and goes on.
 */
import { existsSync, renameSync, rmSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";

/** Told of what was wrong with the file. */
export type ReportMetrics = (event: string, details: Readonly<Record<string, unknown>>) => void;

const BUSY_MS = 1000;
const MIB = 1024 * 1024;
/** Free pages that the file keeps for the next hours. */
const KEPT_FREE_SHARE = 1 / 3;
const LEAST_GIVEN_BACK_BYTES = 8 * MIB;
const PAGES_AT_ONCE = 2000;

/**
 * `recent` and `chunk` have the time first: what is written and what is deleted lies together, however many services there
 * are. A series is looked up by asking for each time there may be.
 */
const MIGRATIONS: readonly string[] = [
  `create table owner (
     id integer primary key,
     service_id text not null,
     instance_id text not null,
     service_name text not null,
     unique (service_id, instance_id)
   ) strict;
   create table series (
     owner integer not null,
     metric integer not null,
     last_s integer not null,
     primary key (owner, metric)
   ) strict, without rowid;
   create table recent (
     start_s integer not null,
     owner integer not null,
     body blob not null,
     primary key (start_s, owner)
   ) strict, without rowid;
   create table chunk (
     bucket_s integer not null,
     start_s integer not null,
     owner integer not null,
     metric integer not null,
     body blob not null,
     primary key (bucket_s, start_s, owner, metric)
   ) strict, without rowid;
   create table counter (
     worker text not null,
     name text not null,
     value text not null,
     primary key (worker, name)
   ) strict, without rowid;
   create table mark (name text primary key, value integer not null) strict, without rowid;`,
];

export class MetricDatabase {
  readonly #path: string;
  readonly #report: ReportMetrics;
  #database: DatabaseSync;
  #statements = new Map<string, StatementSync>();

  constructor(path: string, report: ReportMetrics) {
    this.#path = path;
    this.#report = report;
    this.#database = this.#openOrBegin();
  }

  /** Prepared once. */
  statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** All of it or nothing. A damaged file is set aside, and the error thrown all the same: the next attempt meets a new file. */
  transaction<T>(act: () => T): T {
    return this.guarded(() => {
      this.#database.exec("begin immediate");
      try {
        const result = act();
        this.#database.exec("commit");
        return result;
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec("rollback");
        throw error;
      }
    });
  }

  guarded<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (isDamage(error)) this.#beginAnew(error);
      throw error;
    }
  }

  /** What the rows take, without what is free in the file. */
  usedBytes(): number {
    const { pages, free, pageBytes } = this.#space();
    return (pages - free) * pageBytes;
  }

  /**
   * Gives free pages back to the file system, some at a time; a part is kept. Each hour frees as many as the next one fills:
   * to give those back means to move others into their places, which was a sixth of what sweeping wrote.
   */
  shrink(): void {
    const { pages, free, pageBytes } = this.#space();
    if (free * pageBytes > LEAST_GIVEN_BACK_BYTES && free > pages * KEPT_FREE_SHARE)
      this.#database.exec(`pragma incremental_vacuum(${PAGES_AT_ONCE})`);
  }

  close(): void {
    this.#statements = new Map();
    if (this.#database.isOpen) this.#database.close();
  }

  #space(): { readonly pages: number; readonly free: number; readonly pageBytes: number } {
    return {
      pages: this.#pragma("page_count"),
      free: this.#pragma("freelist_count"),
      pageBytes: this.#pragma("page_size"),
    };
  }

  #pragma(name: string): number {
    return Number(Object.values(this.#database.prepare(`pragma ${name}`).get() ?? {})[0] ?? 0);
  }

  #openOrBegin(): DatabaseSync {
    try {
      return open(this.#path);
    } catch (error) {
      if (isDamage(error) || error instanceof LaterVersion) this.#setAside(error);
      return this.#openOrForget();
    }
  }

  /** A file that cannot be opened at all may be sound: it is left as it is, and metrics last as long as the process. */
  #openOrForget(): DatabaseSync {
    try {
      return open(this.#path);
    } catch (error) {
      this.#report("the metrics' database cannot be opened: metrics are not kept until the next start", {
        err: error,
      });
      return open(":memory:");
    }
  }

  #beginAnew(error: unknown): void {
    this.close();
    this.#setAside(error);
    this.#database = this.#openOrForget();
  }

  /** One is kept for whoever wants to look; its journal may be needed to read it. */
  #setAside(error: unknown): void {
    const aside = `${this.#path}.damaged`;
    for (const suffix of ["", "-wal", "-shm"]) {
      rmSync(`${aside}${suffix}`, { force: true });
      if (existsSync(`${this.#path}${suffix}`)) renameSync(`${this.#path}${suffix}`, `${aside}${suffix}`);
    }
    this.#report("the metrics' database cannot be used and was set aside; it begins anew", {
      err: error,
      aside,
    });
  }
}

class LaterVersion extends Error {
  constructor(version: number) {
    super(`it is of a later version (${version}) of the program`);
  }
}

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_MS, defensive: true });
  try {
    database.exec(`pragma auto_vacuum = incremental; pragma journal_mode = wal; pragma synchronous = normal;
      pragma journal_size_limit = ${8 * MIB}; pragma cache_size = -4000;`);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare("pragma user_version").get()?.["user_version"] ?? 0);
  if (version > MIGRATIONS.length) throw new LaterVersion(version);
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < version) continue;
    database.exec(`begin immediate; ${migration} pragma user_version = ${index + 1}; commit`);
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, with whatever detail. */
function isDamage(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) % 256 : 0;
  return code === 11 || code === 26;
}
