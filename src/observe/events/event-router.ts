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

export class EventRouter {
  readonly #store: Store;
  /** How far it is; null: as the store says. Only what is committed is kept here, so that looking costs one question. */
  #cursor: number | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The destinations that got something; null when there was nothing new. */
  async route(nowMs: number): Promise<ReadonlySet<string> | null> {
    this.#cursor ??= Number((await this.#store.settings.get(CURSOR)) ?? 0);
    const events = await this.#store.events.listAfter(this.#cursor, BATCH);
    const last = events.at(-1);
    if (last === undefined) return null;
    const touched = await this.#store.transaction(async (tx) => queueEvents(tx, events, nowMs));
    this.#cursor = last.sequence;
    return touched;
  }
}

async function queueEvents(
  tx: Tables,
  events: readonly RecordedEvent[],
  nowMs: number,
): Promise<ReadonlySet<string>> {
  // Within it: nothing is queued for one that was deleted just now, and may be made again under its name.
  const { rows: destinations } = await tx.eventDestinations.list(ALL);
  const touched = new Set<string>();
  for (const recorded of destinations.length === 0 ? [] : events) {
    for (const arn of await takers(tx, destinations, recorded)) {
      await tx.eventDeliveries.save(newDelivery(arn, recorded.sequence, nowMs));
      touched.add(arn);
    }
  }
  await tx.settings.put(CURSOR, String(events.at(-1)?.sequence ?? 0));
  return touched;
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
