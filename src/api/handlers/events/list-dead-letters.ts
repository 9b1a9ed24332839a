import type { Handler } from "../../handler.ts";
import { readPage } from "../../paging.ts";
import { deliveryToWire, findDestination } from "../../resources/event-destination.ts";

/** Ours. */
export const listDeadLetters: Handler<"ListDeadLetters"> = async (input, context) => {
  const { arn } = await findDestination(input.Name, context);
  const page = await readPage({ operation: "ListDeadLetters", input }, context, (request) =>
    context.store.eventDeliveries.list(arn, "dead", request),
  );
  return { DeadLetters: page.rows.map(deliveryToWire), ...page.nextToken };
};
