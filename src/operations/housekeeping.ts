/** Slow chores: images no release needs any more, old rows. None is urgent; a failure is reported and tried next time. */
import { DAY_MS } from "../domain/usage.ts";
import type { Ports } from "./executor.ts";
import type { ImageCollection } from "./image-collection.ts";

const JOURNAL_KEPT_MS = 30 * DAY_MS;
/** Of no operation: a service that is called twice a minute comes to rest and wakes each time, 12,000 entries a day. */
const ROUTINE_KEPT_MS = DAY_MS / 4;
const INSTANCES_KEPT_MS = 7 * DAY_MS;
/** Newest stopped instances of a service that are kept however old: the memory of a crash loop is in them. */
const INSTANCES_KEPT = 100;
/** Two months to look into by the hour: 1,000 services make 1.5 million rows of it. A day is one row a service. */
const USAGE_HOURS_KEPT_MS = 62 * DAY_MS;
const USAGE_DAYS_KEPT_MS = 3 * 366 * DAY_MS;
/** A service that crashes all day must not push out what happened to the others; some 100 MB at most of all. */
const EVENTS_KEPT_MS = 90 * DAY_MS;
const EVENTS_KEPT_PER_SERVICE = 10_000;
const EVENTS_KEPT = 100_000;

/** False when not all could be done at this moment, and is to be tried again soon. */
export async function tidy(ports: Ports, collection: ImageCollection, signal: AbortSignal): Promise<boolean> {
  const { store, clock } = ports;
  await store.journal.prune({
    ofOperationsBeforeMs: clock.now() - JOURNAL_KEPT_MS,
    othersBeforeMs: clock.now() - ROUTINE_KEPT_MS,
  });
  await store.instances.prune(clock.now() - INSTANCES_KEPT_MS, INSTANCES_KEPT);
  await store.usage.prune({
    hoursBeforeMs: clock.now() - USAGE_HOURS_KEPT_MS,
    daysBeforeMs: clock.now() - USAGE_DAYS_KEPT_MS,
  });
  await store.events.prune({
    beforeMs: clock.now() - EVENTS_KEPT_MS,
    keepPerService: EVENTS_KEPT_PER_SERVICE,
    keep: EVENTS_KEPT,
  });
  const open = await store.operations.listAllOpen();
  // Last, and side by side: neither an engine that is away nor a checkout that cannot be removed holds up the rest.
  const [, isDone] = await Promise.all([
    ports.sourceCode.discardAllBut(new Set(open.map(({ id }) => id))),
    collection.run(ports, signal),
  ]);
  return isDone;
}
