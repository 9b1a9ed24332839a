import type { Handler } from "../../handler.ts";
import { deliveryToWire, destinationToWire, findDestination } from "../../resources/event-destination.ts";

const SHOWN = { after: null, limit: 20 };

/** Ours: with how its last deliveries went. */
export const describeEventDestination: Handler<"DescribeEventDestination"> = async (input, context) => {
  const destination = await findDestination(input.Name, context);
  const { eventDeliveries: table } = context.store;
  const pending = await table.list(destination.arn, "pending", SHOWN);
  const delivered = await table.list(destination.arn, "delivered", SHOWN);
  const dead = await table.list(destination.arn, "dead", SHOWN);
  const ended = [...delivered.rows, ...dead.rows].toSorted(
    (a, b) => (b.delivery.lastAttemptAtMs ?? 0) - (a.delivery.lastAttemptAtMs ?? 0),
  );
  return {
    Destination: destinationToWire(destination, await table.countPending(destination.arn)),
    PendingDeliveries: pending.rows.map(deliveryToWire),
    LastDeliveries: ended.slice(0, SHOWN.limit).map(deliveryToWire),
  };
};
