import type { Handler } from "../../handler.ts";
import { destinationIn, destinationToWire } from "../../resources/event-destination.ts";

/** Ours: nothing of it is left, what was to be sent neither. */
export const deleteEventDestination: Handler<"DeleteEventDestination"> = async (input, context) => {
  const deleted = await context.store.transaction(async (tx) => {
    const present = await destinationIn(tx, input.Name, context);
    await tx.eventDestinations.remove(present.arn);
    await tx.eventDeliveries.removeAll(present.arn);
    await tx.sealedValues.removeAll(present.arn);
    return present;
  });
  return { Destination: destinationToWire(deleted) };
};
