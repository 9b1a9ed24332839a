import { shownUrl } from "../../../domain/event-destination.ts";
import type { Handler } from "../../handler.ts";
import {
  destinationIn,
  destinationToWire,
  filterFromWire,
  openPart,
  sealPart,
  urlFromWire,
} from "../../resources/event-destination.ts";

/** Ours: what waits is tried at once. */
export const updateEventDestination: Handler<"UpdateEventDestination"> = async (input, context) => {
  const { store, clock, vault } = context;
  const givenUrl = input.Url === undefined ? null : urlFromWire(input.Url, context);
  const changed = await store.transaction(async (tx) => {
    const { failure, ...present } = await destinationIn(tx, input.Name, context);
    const { arn } = present;
    const format = input.Format ?? present.format;
    const url = givenUrl ?? new URL(await openPart(tx, arn, { part: "url", vault }));
    if (givenUrl !== null) await sealPart(tx, arn, { part: "url", text: givenUrl.href, vault });
    const row = {
      ...present,
      // Of another address nothing is known yet.
      ...(givenUrl === null && failure !== undefined && { failure }),
      format,
      shownUrl: shownUrl(url, format),
      filter: input.Filter === undefined ? present.filter : filterFromWire(input.Filter),
      ...(input.Status !== undefined && { status: input.Status, problem: null }),
      updatedAtMs: clock.now(),
    };
    await tx.eventDestinations.save(row);
    return row;
  });
  context.eventSending.reconsider(changed.arn);
  return { Destination: destinationToWire(changed) };
};
