/** Slow chores: images no release needs any more, old rows. None is urgent; a failure is reported and tried next time. */
import { releaseKey } from "../domain/release.ts";
import type { Ports } from "./executor.ts";

/** Releases per service whose images are kept, for rolling back to them. */
export const RETAINED_RELEASES = 10;
const DAY_MS = 86_400_000;
const JOURNAL_KEPT_MS = 30 * DAY_MS;
const INSTANCES_KEPT_MS = 7 * DAY_MS;
/** Newest stopped instances of a service that are kept however old: the memory of a crash loop is in them. */
const INSTANCES_KEPT = 100;

export async function tidy({ store, engine, clock }: Ports, signal: AbortSignal): Promise<void> {
  await store.journal.prune(clock.now() - JOURNAL_KEPT_MS);
  await store.instances.prune(clock.now() - INSTANCES_KEPT_MS, INSTANCES_KEPT);
  // Last: an engine that is away must not let the rows grow for ever.
  const retained = await store.releases.listRetained(RETAINED_RELEASES);
  await engine.collectImages(new Set(retained.map(releaseKey)), signal);
}
