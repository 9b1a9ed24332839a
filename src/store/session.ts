/**
 * How the tables reach the database: every method of a table is one `read` or one `write`.
 *
 * Concurrency rule: one connection, one queue. A transaction holds the connection from its first to its last statement;
 * what comes from outside waits. Waiting inside a transaction for that queue would never end, so that is refused instead.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { SlipwayError } from "../domain/error.ts";
import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";
import { SerialQueue } from "./serial-queue.ts";

export type Queries = Kysely<Schema>;

export interface Session {
  /** One statement, or several that need not see the same state. */
  read<Result>(work: (db: Queries) => Promise<Result>): Promise<Result>;
  /** All statements of the work or none. Never call another table method in it. */
  write<Result>(work: (db: Queries) => Promise<Result>): Promise<Result>;
}

/** Turns what a database driver throws into a catalogue error; returns everything else as it is. */
export type ErrorTranslator = (error: unknown) => unknown;

/** Raised for a use of the store that would wait for itself or come too late: always a bug of ours. */
export class StoreMisuse extends Error {
  override readonly name = "StoreMisuse";
}

export interface ConnectionParts {
  /** Migrated, and used by nobody else. */
  readonly db: Queries;
  readonly translate: ErrorTranslator;
  /** Runs after the database is closed, even when closing failed. */
  readonly afterClose: () => void;
}

/** Outside of transactions. */
export class ConnectionSession implements Session {
  readonly #db: Queries;
  readonly #translate: ErrorTranslator;
  readonly #queue = new SerialQueue();
  readonly #enclosing = new AsyncLocalStorage<TransactionSession>();
  readonly #afterClose: () => void;
  #closing: Promise<void> | null = null;

  constructor({ db, translate, afterClose }: ConnectionParts) {
    this.#db = db;
    this.#translate = translate;
    this.#afterClose = afterClose;
  }

  read<Result>(work: (db: Queries) => Promise<Result>): Promise<Result> {
    return this.#enqueue(() => work(this.#db));
  }

  write<Result>(work: (db: Queries) => Promise<Result>): Promise<Result> {
    return this.transaction((session) => session.write(work));
  }

  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.#enqueue(() =>
      this.#db.transaction().execute(async (trx) => {
        const session = new TransactionSession(trx, this.#translate);
        try {
          return await this.#enclosing.run(session, () => work(session));
        } finally {
          await session.end();
        }
      }),
    );
  }

  /** Refuses new work, ends the work at hand, then closes the database. */
  async close(): Promise<void> {
    this.#refuseInsideTransaction();
    this.#closing ??= this.#queue.run(() => this.#db.destroy().finally(this.#afterClose));
    await this.#closing;
  }

  async #enqueue<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#refuseInsideTransaction();
    if (this.#closing !== null) throw new SlipwayError("StoreUnavailable", { problem: "it is closed" });
    try {
      return await this.#queue.run(work);
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #refuseInsideTransaction(): void {
    if (this.#enclosing.getStore()?.isOpen === true) {
      throw new StoreMisuse(
        "inside a transaction only its own `tx` may be used: the store would wait for itself",
      );
    }
  }
}

/** Inside one transaction. */
class TransactionSession implements Session {
  readonly #trx: Queries;
  readonly #translate: ErrorTranslator;
  readonly #queue = new SerialQueue();
  #failure: { readonly error: unknown } | null = null;
  isOpen = true;

  constructor(trx: Queries, translate: ErrorTranslator) {
    this.#trx = trx;
    this.#translate = translate;
  }

  read<Result>(work: (db: Queries) => Promise<Result>): Promise<Result> {
    return this.write(work);
  }

  async write<Result>(work: (db: Queries) => Promise<Result>): Promise<Result> {
    if (!this.isOpen) throw new StoreMisuse("this transaction has ended: await all its work inside of it");
    return this.#queue.run(async () => {
      try {
        return await work(this.#trx);
      } catch (error) {
        this.#failure ??= { error: this.#translate(error) };
        throw this.#failure.error;
      }
    });
  }

  /**
   * Waits for calls nobody awaited, and throws when one has failed: PostgreSQL commits nothing after a failed statement,
   * SQLite would commit the rest. Both shall do the same.
   */
  async end(): Promise<void> {
    this.isOpen = false;
    await this.#queue.drain();
    if (this.#failure !== null) throw this.#failure.error;
  }
}
