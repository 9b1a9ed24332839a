/** Handlers of events and their destinations. */
import type { Handlers } from "../../handler.ts";
import { createEventDestination } from "./create-event-destination.ts";
import { deleteEventDestination } from "./delete-event-destination.ts";
import { describeEventDestination } from "./describe-event-destination.ts";
import { listDeadLetters } from "./list-dead-letters.ts";
import { listEventDestinations } from "./list-event-destinations.ts";
import { listEvents } from "./list-events.ts";
import { redeliverEvents } from "./redeliver-events.ts";
import { rotateEventDestinationSecret } from "./rotate-event-destination-secret.ts";
import { testEventDestination } from "./test-event-destination.ts";
import { updateEventDestination } from "./update-event-destination.ts";

export const eventHandlers = {
  CreateEventDestination: createEventDestination,
  DeleteEventDestination: deleteEventDestination,
  DescribeEventDestination: describeEventDestination,
  ListDeadLetters: listDeadLetters,
  ListEventDestinations: listEventDestinations,
  ListEvents: listEvents,
  RedeliverEvents: redeliverEvents,
  RotateEventDestinationSecret: rotateEventDestinationSecret,
  TestEventDestination: testEventDestination,
  UpdateEventDestination: updateEventDestination,
} satisfies Partial<Handlers>;
