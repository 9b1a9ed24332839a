/** One numbered step of the database layout, written once for both databases. */
import type { ColumnDataType, Expression, Transaction } from "kysely";
import type { Schema } from "./schema.ts";

export interface Migration {
  readonly number: number;
  readonly name: string;
  up(trx: Transaction<Schema>, types: ColumnTypes): Promise<void>;
}

/** The few words in which the databases' definition languages differ. */
export interface ColumnTypes {
  /** Compared byte by byte, whatever the database's locale. */
  readonly text: ColumnDataType | Expression<unknown>;
  readonly whole: ColumnDataType | Expression<unknown>;
  /** Primary key that grows by itself and is never used twice. */
  readonly sequence: Expression<unknown>;
}
