/** After a start: memory is empty, the world is not. Reads both, closes what a crash left open, then lets the plan act. */
import { ownerOf } from "./story.ts";
import type { ReconcileLoop } from "./reconcile-loop.ts";
import type { WorkerDeps } from "./service-worker.ts";

const INTERRUPTED = "interrupted by the end of the control plane; planned anew after its start";

/** Throws when the engine, the edge or the store cannot be used: the caller decides whether to wait or to give up. */
export async function recover(deps: WorkerDeps, loop: ReconcileLoop, signal: AbortSignal): Promise<void> {
  await closeJournal(deps);
  const highest = await deps.store.services.highestSlot();
  await deps.edgeWatch.ensureSlot(Math.max(0, highest), signal);
  await followOutput(deps);
  await loop.compareAll(signal);
  // Instances are presumed healthy until seen otherwise; probes begin with the first cycle of each service.
  for (const serviceId of await deps.store.services.listLiveIds()) loop.wake(serviceId);
}

async function closeJournal({ store, ports }: WorkerDeps): Promise<void> {
  const endedAtMs = ports.clock.now();
  for (const { sequence } of await store.journal.listStarted()) {
    await store.journal.end(sequence, { status: "failed", error: INTERRUPTED, endedAtMs });
  }
}

async function followOutput({ store, ports }: WorkerDeps): Promise<void> {
  for (const row of await store.instances.listAllLive()) {
    const service = row.address === null ? null : await store.services.get(row.serviceId);
    if (service !== null) ports.log.follow(ownerOf(service), row.id);
  }
}
