/**
 * Opens the store on a SQLite file. The file's directory is the state directory: it is created, or narrowed, to 0700.
 * Every commit is on the disk when it returns (WAL, synchronous FULL).
 */
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely } from "kysely";
import { SlipwayError } from "../domain/error.ts";
import type { Store } from "../ports/store.ts";
import { createKyselyStore } from "./kysely-store.ts";
import { migrate, sqliteTypes } from "./migration.ts";
import type { Migration } from "./migration-step.ts";
import type { Schema } from "./schema.ts";
import { sqliteErrorTranslator } from "./sqlite-error.ts";
import { SqliteFile, SqliteFileDialect } from "./sqlite-file.ts";
import { WriterLock } from "./writer-lock.ts";

export interface SqliteStoreOptions {
  /** The database file, or ":memory:" for one that is gone when it is closed. */
  readonly path: string;
  /** How long a statement waits for another process that reads or backs up the file. */
  readonly busyTimeoutMs?: number;
  /** Other layout steps than those of this version, for tests. */
  readonly migrations?: readonly Migration[];
}

const MEMORY = ":memory:";
const STICKY_BIT = 0o1000;
const JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024;
/** Waiting stops this whole process: better a refused write than a control plane that stands still. */
const DEFAULT_BUSY_TIMEOUT_MS = 1000;

/** Throws StoreUnavailable when the file is in use, damaged, or of a newer version; the message says what to do. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, busyTimeoutMs = DEFAULT_BUSY_TIMEOUT_MS, migrations } = options;
  const translate = sqliteErrorTranslator(path);
  const opened: { close(): void }[] = [];
  const closeAll = () => {
    for (const resource of opened.toReversed()) resource.close();
  };
  try {
    if (path !== MEMORY) opened.push(claim(path));
    const file = new SqliteFile(path, { busyTimeoutMs });
    opened.push(file);
    configure(file, path);
    verify(file, path);
    const db = new Kysely<Schema>({ dialect: new SqliteFileDialect(file) });
    await migrate(db, {
      types: sqliteTypes,
      beforeChange: async (from) => copyAside(file, path, from),
      ...(migrations && { migrations }),
    });
    return createKyselyStore({ db, translate, afterClose: closeAll });
  } catch (error) {
    closeAll();
    throw translate(error);
  }
}

/** The files that SQLite makes beside the database take its mode over. */
function claim(path: string): { close(): void } {
  try {
    preparePrivateDirectory(dirname(path));
    closeSync(openSync(path, "a", 0o600));
    const lock = WriterLock.acquire(path);
    return { close: () => lock.release() };
  } catch (error) {
    if (!(error instanceof Error) || !("syscall" in error)) throw error;
    throw new SlipwayError("StoreUnavailable", { problem: error.message }, { cause: error });
  }
}

/** A directory that many share (sticky, like /tmp) is left as it is; the files are private anyway. */
function preparePrivateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { mode } = statSync(directory);
  if ((mode & 0o077) !== 0 && (mode & STICKY_BIT) === 0) chmodSync(directory, 0o700);
}

function configure(file: SqliteFile, path: string): void {
  const [row] = file.rows("pragma journal_mode = wal");
  const mode = row?.["journal_mode"];
  if (mode !== "wal" && mode !== "memory") {
    throw new SlipwayError("StoreUnavailable", {
      problem: `${path}: its file system cannot do write-ahead logging. Use a local disk for the state directory`,
    });
  }
  file.execute("pragma synchronous = full; pragma foreign_keys = on");
  // What is deleted is overwritten: a key's material is gone when it is said to be.
  file.execute("pragma secure_delete = on");
  // After a burst the log file is cut back to this at the next checkpoint.
  file.execute(`pragma journal_size_limit = ${JOURNAL_LIMIT_BYTES}`);
}

function verify(file: SqliteFile, path: string): void {
  const findings = file.rows("pragma quick_check(1)").map((row) => String(row["quick_check"]));
  const orphans = file.rows("pragma foreign_key_check").map((row) => `orphan row in ${String(row["table"])}`);
  const [finding] = [...findings.filter((text) => text !== "ok"), ...orphans];
  if (finding === undefined) return;
  const what = finding.replaceAll(/\s+/g, " ").slice(0, 200);
  throw new SlipwayError("StoreUnavailable", {
    problem: `${path} is damaged (${what}). Keep the file and restore a backup in its place; copies from before upgrades are ${backupPath(path, "<number>")}`,
  });
}

function backupPath(path: string, version: number | "<number>"): string {
  return `${path}.layout-${version}.backup`;
}

/** A whole copy under its final name or none: the migration that follows may be wrong. */
function copyAside(file: SqliteFile, path: string, version: number): void {
  if (path === MEMORY) return;
  const copy = backupPath(path, version);
  const unfinished = `${copy}.tmp`;
  rmSync(unfinished, { force: true });
  file.prepare("vacuum into ?").run([unfinished]);
  chmodSync(unfinished, 0o600);
  syncToDisk(unfinished);
  renameSync(unfinished, copy);
  syncToDisk(dirname(path));
}

function syncToDisk(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
