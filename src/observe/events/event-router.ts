/**
 * Puts what happened into the queue of each destination that takes it: in order, and in one transaction with how far it
 * is, so that a crash neither skips an event nor queues it twice.
 */
import { type EventDestination, type EventSubject, takesEvent } from "../../domain/event-destination.ts";
import { newDelivery, type RecordedEvent } from "../../ports/event-tables.ts";
import type { Store, Tables } from "../../ports/store.ts";

const CURSOR = "event-router";
const BATCH = 100;
const ALL = { after: null, limit: 1000 };
const SERVICE_EVENTS = { detailTypes: ["AppRunner Service Status Change"] } as const;

/** The destinations that got something; null when there was nothing new. */
export async function routeEvents(store: Store, nowMs: number): Promise<ReadonlySet<string> | null> {
  const cursor = await cursorOf(store);
  const events = await store.events.listAfter(cursor, BATCH);
  const last = events.at(-1);
  if (last === undefined) return null;
  return store.transaction(async (tx) => {
    // Within it: nothing is queued for one that was deleted just now, and may be made again under its name.
    const { rows: destinations } = await tx.eventDestinations.list(ALL);
    const touched = new Set<string>();
    for (const recorded of destinations.length === 0 ? [] : events) {
      for (const arn of await takers(tx, destinations, recorded)) {
        await tx.eventDeliveries.save(newDelivery(arn, recorded.sequence, nowMs));
        touched.add(arn);
      }
    }
    await tx.settings.put(CURSOR, String(last.sequence));
    return touched;
  });
}

async function cursorOf({ settings }: Tables): Promise<number> {
  return Number((await settings.get(CURSOR)) ?? 0);
}

async function takers(
  tx: Tables,
  destinations: readonly EventDestination[],
  { event, sequence }: RecordedEvent,
): Promise<readonly string[]> {
  const subject = event.serviceId === null ? null : await subjectOf(tx, event.serviceId);
  const taking = destinations.filter(
    (destination) => sequence > destination.sinceSequence && takesEvent(destination, event, subject),
  );
  return taking.map(({ arn }) => arn);
}

async function subjectOf(tx: Tables, serviceId: string): Promise<EventSubject | null> {
  const service = await tx.services.get(serviceId);
  if (service === null) return null;
  const { name, arn, status } = service;
  if (status !== "DELETED") return { name, tags: await tx.tags.list(arn) };
  const { rows } = await tx.events.list({ serviceId, ...SERVICE_EVENTS }, { after: null, limit: 1 });
  return { name, tags: rows[0]?.event.serviceTags ?? [] };
}
