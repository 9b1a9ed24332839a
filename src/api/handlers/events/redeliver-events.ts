import { SlipwayError } from "../../../domain/error.ts";
import type { Tables } from "../../../ports/store.ts";
import { newDelivery } from "../../../ports/event-tables.ts";
import type { Handler } from "../../handler.ts";
import { ALL_ROWS } from "../../paging.ts";
import { destinationIn, invalid } from "../../resources/event-destination.ts";

const IDS_MAX = 100;

/** Ours: their day to be delivered begins anew; they keep their ids. */
export const redeliverEvents: Handler<"RedeliverEvents"> = async (input, context) => {
  const { store, clock, eventSending } = context;
  const { EventIds: ids } = input;
  if (ids !== undefined && (ids.length === 0 || ids.length > IDS_MAX)) {
    throw invalid("EventIds", `must be 1 to ${IDS_MAX} ids`);
  }
  const nowMs = clock.now();
  const { arn, count } = await store.transaction(async (tx) => {
    const destination = await destinationIn(tx, input.Name, context);
    const sequences =
      ids === undefined ? await deadSequences(tx, destination.arn) : await sequencesOf(tx, ids);
    for (const sequence of sequences) {
      await tx.eventDeliveries.save(newDelivery(destination.arn, sequence, nowMs));
    }
    return { arn: destination.arn, count: sequences.length };
  });
  eventSending.reconsider(arn);
  return { Count: count };
};

async function deadSequences(tx: Tables, arn: string): Promise<readonly number[]> {
  const { rows } = await tx.eventDeliveries.list(arn, "dead", { after: null, limit: ALL_ROWS });
  return rows.map(({ delivery }) => delivery.eventSequence);
}

async function sequencesOf(tx: Tables, ids: readonly string[]): Promise<readonly number[]> {
  const found = await tx.events.find(ids);
  const known = new Set(found.map(({ event }) => event.id));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) throw new SlipwayError("NoSuchResource", { kind: "Event", arn: missing });
  return found.map(({ sequence }) => sequence);
}
