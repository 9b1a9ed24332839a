import { DAY_MS } from "../../../domain/usage.ts";
import type { Handler } from "../../handler.ts";
import { destinationIn, newSecret, openPart, sealPart } from "../../resources/event-destination.ts";

/** Ours: receivers have a day to learn the new one. */
export const rotateEventDestinationSecret: Handler<"RotateEventDestinationSecret"> = async (
  input,
  context,
) => {
  const { store, clock, vault } = context;
  const secret = newSecret(context);
  await store.transaction(async (tx) => {
    const present = await destinationIn(tx, input.Name, context);
    const { arn } = present;
    const text = await openPart(tx, arn, { part: "secret", vault });
    await sealPart(tx, arn, { part: "previous-secret", text, vault });
    await sealPart(tx, arn, { part: "secret", text: secret, vault });
    const updatedAtMs = clock.now();
    await tx.eventDestinations.save({
      ...present,
      previousSecretUntilMs: updatedAtMs + DAY_MS,
      updatedAtMs,
    });
  });
  return { Secret: secret };
};
