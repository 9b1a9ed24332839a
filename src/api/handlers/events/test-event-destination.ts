import type { Handler } from "../../handler.ts";
import { findDestination } from "../../resources/event-destination.ts";

/** Ours: one message, now; a success also ends the pause of one that failed. */
export const testEventDestination: Handler<"TestEventDestination"> = async (input, context) => {
  const destination = await findDestination(input.Name, context);
  const { status, problem } = await context.eventSending.ping(destination);
  return {
    IsDelivered: problem === null,
    ...(status !== null && { Status: status }),
    ...(problem !== null && { Problem: problem }),
  };
};
