import { destinationArn, type EventDestination, shownUrl } from "../../../domain/event-destination.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { assertBelowQuota } from "../../../domain/quota.ts";
import type { Handler } from "../../handler.ts";
import {
  destinationToWire,
  filterFromWire,
  newSecret,
  sealPart,
  urlFromWire,
} from "../../resources/event-destination.ts";

/** Each is sent to by itself: as many connections may be open at once. */
const DESTINATION_QUOTA = 50;

/** Ours: what happens from now on is sent to it. */
export const createEventDestination: Handler<"CreateEventDestination"> = async (input, context) => {
  const { store, scope, clock, vault } = context;
  const { Name: name, Format: format = "eventbridge" } = input;
  const url = urlFromWire(input.Url, context);
  const filter = filterFromWire(input.Filter);
  const secret = newSecret(context);
  const arn = destinationArn(scope, name);
  const nowMs = clock.now();
  const destination = await store.transaction(async (tx) => {
    if ((await tx.eventDestinations.get(arn)) !== null) {
      throw new SlipwayError("ResourceNameTaken", { kind: "EventDestination", name });
    }
    assertBelowQuota(await tx.eventDestinations.count(), DESTINATION_QUOTA, "event destinations");
    const row: EventDestination = {
      arn,
      name,
      format,
      filter,
      status: "ENABLED",
      problem: null,
      shownUrl: shownUrl(url, format),
      previousSecretUntilMs: null,
      sinceSequence: await tx.events.latestSequence(),
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    await sealPart(tx, arn, { part: "url", text: url.href, vault });
    await sealPart(tx, arn, { part: "secret", text: secret, vault });
    await tx.eventDestinations.save(row);
    return row;
  });
  context.eventSending.reconsider(arn);
  return { Destination: destinationToWire(destination), Secret: secret };
};
