/**
 * The one place that knows `node:sqlite` (its DatabaseSync is being renamed), and the bridge from it to kysely.
 * Statements run to their end before anything else in this process does: keep them short.
 */
import { DatabaseSync } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  type SqliteStatement,
} from "kysely";

type Bindable = string | number | bigint | null | Uint8Array;
export type SqliteValues = Readonly<Record<string, unknown>>;

export class SqliteFile implements SqliteDatabase {
  readonly #database: DatabaseSync;

  /** A statement that meets another process's lock waits this long for it. */
  constructor(path: string, { busyTimeoutMs }: { readonly busyTimeoutMs: number }) {
    this.#database = new DatabaseSync(path, { timeout: busyTimeoutMs, defensive: true });
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#database.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => statement.all(...(parameters as readonly Bindable[])),
      run: (parameters) => statement.run(...(parameters as readonly Bindable[])),
      iterate: (parameters) => statement.iterate(...(parameters as readonly Bindable[])),
    };
  }

  execute(sql: string): void {
    this.#database.exec(sql);
  }

  rows(sql: string): readonly SqliteValues[] {
    return this.#database.prepare(sql).all();
  }

  get isInTransaction(): boolean {
    return this.#database.isOpen && this.#database.isTransaction;
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

export class SqliteFileDialect extends SqliteDialect {
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    super({ database: file });
    this.#file = file;
  }

  override createDriver(): Driver {
    return new ImmediateDriver(this.#file);
  }
}

/** Takes the write lock when a transaction begins: a plain BEGIN would find out at its first write that it must fail. */
class ImmediateDriver extends SqliteDriver {
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    super({ database: file });
    this.#file = file;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  /** A full disk or a failed read has already rolled back; a second rollback would hide that error behind its own. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#file.isInTransaction) await super.rollbackTransaction(connection);
  }
}
