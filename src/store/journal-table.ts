/** The journal: what was begun, and how it ended. */
import { sql } from "kysely";
import { IllegalTransition } from "../domain/state-table.ts";
import type { JournalEntry, JournalTable } from "../ports/store.ts";
import type { JournalRow } from "./schema.ts";
import type { Queries, Session } from "./session.ts";

type NewEntry = Parameters<JournalTable["begin"]>[0];
type Outcome = Parameters<JournalTable["end"]>[1];

export function journalTable(session: Session): JournalTable {
  return {
    begin: (entry) => session.write((db) => begin(db, entry)),
    end: (sequence, outcome) => session.write((db) => end(db, sequence, outcome)),
    listStarted: () =>
      session.read(async (db) =>
        (await allEntries(db).where("status", "=", sql.lit("started")).execute()).map(decode),
      ),
    listForOperation: (operationId) =>
      session.read(async (db) =>
        (await allEntries(db).where("operation_id", "=", operationId).execute()).map(decode),
      ),
    prune: ({ ofOperationsBeforeMs, othersBeforeMs }) =>
      session.write(async (db) => {
        await endedBefore(db, ofOperationsBeforeMs).where("operation_id", "is not", null).execute();
        await endedBefore(db, othersBeforeMs).where("operation_id", "is", null).execute();
      }),
  };
}

function allEntries(db: Queries) {
  return db.selectFrom("journal").selectAll().orderBy("sequence");
}

function decode(row: Omit<JournalRow, "sequence"> & { readonly sequence: number }): JournalEntry {
  return {
    sequence: row.sequence,
    serviceId: row.service_id,
    operationId: row.operation_id,
    step: row.step,
    argumentsJson: row.arguments_json,
    status: row.status as JournalEntry["status"],
    error: row.error,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
  };
}

async function begin(db: Queries, entry: NewEntry): Promise<number> {
  const { sequence } = await db
    .insertInto("journal")
    .values({
      service_id: entry.serviceId,
      operation_id: entry.operationId,
      step: entry.step,
      arguments_json: entry.argumentsJson,
      status: "started",
      error: null,
      started_at_ms: entry.startedAtMs,
      ended_at_ms: null,
    })
    .returning("sequence")
    .executeTakeFirstOrThrow();
  return sequence;
}

/** An entry ends once. */
async function end(db: Queries, sequence: number, { status, error, endedAtMs }: Outcome): Promise<void> {
  const ended = await db
    .updateTable("journal")
    .set({ status, error: error?.replaceAll("\0", "") ?? null, ended_at_ms: endedAtMs })
    .where("sequence", "=", sequence)
    .where("status", "=", "started")
    .returning("sequence")
    .executeTakeFirst();
  if (ended === undefined)
    throw new IllegalTransition(`journal entry ${sequence}`, "ended or unknown", status);
}

function endedBefore(db: Queries, beganBeforeMs: number) {
  return db.deleteFrom("journal").where("started_at_ms", "<", beganBeforeMs).where("status", "<>", "started");
}
