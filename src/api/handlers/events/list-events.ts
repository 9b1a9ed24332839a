import { eventSeverities, type EventSeverity } from "../../../domain/event.ts";
import type { Handler } from "../../handler.ts";
import { readPage } from "../../paging.ts";
import { eventToWire } from "../../resources/event-destination.ts";
import { findService } from "../../resources/service-lookup.ts";

/** Ours: what happened, newest first. */
export const listEvents: Handler<"ListEvents"> = async (input, context) => {
  const { ServiceArn: arn, MinimumSeverity: least = "INFO", StartTime, EndTime } = input;
  const service = arn === undefined ? null : await findService(arn, context);
  const query = {
    ...(service !== null && { serviceId: service.id }),
    detailTypes: input.DetailTypes ?? [],
    severities: severitiesFrom(least),
    ...(StartTime !== undefined && { fromMs: StartTime.getTime() }),
    ...(EndTime !== undefined && { toMs: EndTime.getTime() }),
  };
  const page = await readPage({ operation: "ListEvents", input }, context, (request) =>
    context.store.events.list(query, request),
  );
  return { Events: page.rows.map(({ event }) => eventToWire(event)), ...page.nextToken };
};

/** None means all. */
function severitiesFrom(least: EventSeverity): readonly EventSeverity[] {
  return least === "INFO" ? [] : eventSeverities.slice(eventSeverities.indexOf(least));
}
