/**
 * Opens the store on PostgreSQL. One connection, which holds an advisory lock for as long as it lives: whoever can send
 * a statement is the one writer. A lost connection is opened again, and takes the lock again or is refused.
 */
import { type Dialect, Kysely, PostgresDialect } from "kysely";
import { type ClientBase, Pool, TypeOverrides, types } from "pg";
import { SlipwayError } from "../domain/error.ts";
import type { Store } from "../ports/store.ts";
import { createKyselyStore } from "./kysely-store.ts";
import { migrate, postgresTypes } from "./migration.ts";
import { translatePostgresError } from "./postgres-error.ts";
import type { Schema } from "./schema.ts";

/** A dialect is for tests (PGlite): it must be PostgreSQL's, and nobody else may use what is behind it. */
export type PostgresStoreOptions = { readonly connectionString: string } | { readonly dialect: Dialect };

/** Any number that is ours; "slip" in ASCII. */
const WRITER_LOCK_KEY = 0x736c6970;
const CONNECT_TIMEOUT_MS = 5000;

/** Throws StoreUnavailable when the server cannot be used or another Slipway uses the database. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const dialect = "dialect" in options ? options.dialect : serverDialect(options.connectionString);
  const db = new Kysely<Schema>({ dialect });
  try {
    // A backup is the operator's: the server may hold more than us, and pg_dump may not be here.
    await migrate(db, { types: postgresTypes, beforeChange: async () => {} });
  } catch (error) {
    await db.destroy();
    throw translatePostgresError(error);
  }
  return createKyselyStore({ db, translate: translatePostgresError, afterClose: () => {} });
}

function serverDialect(connectionString: string): Dialect {
  const pool = new Pool({
    connectionString,
    application_name: "slipway",
    max: 1,
    // The lock lives as long as the connection does.
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: numbersAsNumbers(),
    // oxlint-disable-next-line promise/no-callback-in-promise -- the driver wants a callback
    verify: (client, done) => void takeWriterLock(client).then(() => done(), done),
  });
  // A connection may break while nothing is asked of it. Unheard, that would end the process; the next statement on it
  // fails anyway, and the one after opens another connection or says why not.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return new PostgresDialect({ pool });
}

/** Our 64-bit numbers are milliseconds and counters: they fit a number. */
function numbersAsNumbers(): TypeOverrides {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(types.builtins.INT8, Number);
  return overrides;
}

async function takeWriterLock(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ isHeld: boolean }>(`select pg_try_advisory_lock($1) as "isHeld"`, [
    WRITER_LOCK_KEY,
  ]);
  if (rows[0]?.isHeld !== true) throw await heldByAnother(client);
}

async function heldByAnother(client: ClientBase): Promise<SlipwayError> {
  const { rows } = await client.query<{ pid: number; address: string | null }>(
    `select activity.pid, host(activity.client_addr) as address
     from pg_locks join pg_stat_activity as activity on activity.pid = pg_locks.pid
     where locktype = 'advisory' and objid = $1 and granted
       and pg_locks.database = (select oid from pg_database where datname = current_database())`,
    [WRITER_LOCK_KEY],
  );
  const [holder] = rows;
  const from =
    holder === undefined ? "" : ` (server process ${holder.pid}, from ${holder.address ?? "this machine"})`;
  return new SlipwayError("StoreUnavailable", {
    problem: `another Slipway is using it${from}. Stop that one first, or choose another database`,
  });
}
