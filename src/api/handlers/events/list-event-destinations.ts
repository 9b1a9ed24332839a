import type { Handler } from "../../handler.ts";
import { ALL_ROWS } from "../../paging.ts";
import { destinationToWire } from "../../resources/event-destination.ts";

/** Ours. */
export const listEventDestinations: Handler<"ListEventDestinations"> = async (_input, { store }) => {
  const { rows } = await store.eventDestinations.list({ after: null, limit: ALL_ROWS });
  const waiting = await Promise.all(rows.map(async ({ arn }) => store.eventDeliveries.countPending(arn)));
  return { Destinations: rows.map((row, index) => destinationToWire(row, waiting[index])) };
};
