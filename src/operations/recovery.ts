/**
 * After a start: memory is empty, the world is not. What a crash left open is closed and every service is looked at once;
 * the plan does the rest. The engine and the edge need not answer yet: until they do, everything holds.
 */
import { eventLine } from "../domain/event-line.ts";
import type { JournalEntry } from "../ports/store.ts";
import { ownerOf } from "./story.ts";
import type { ReconcileLoop } from "./reconcile-loop.ts";
import type { WorkerDeps } from "./service-worker.ts";

const INTERRUPTED = "interrupted by the end of the control plane; planned anew after its start";

/** Throws StoreUnavailable. Must have ended before anything else is done: it takes open journal entries for a crash's. */
export async function recover(deps: WorkerDeps, loop: ReconcileLoop): Promise<void> {
  await closeJournal(deps);
  await followOutput(deps);
  loop.open();
  // Instances are presumed healthy until seen otherwise; probes begin with the first cycle of each service.
  for (const serviceId of await deps.store.services.listLiveIds()) loop.wake(serviceId);
}

async function closeJournal(deps: WorkerDeps): Promise<void> {
  const { store, ports } = deps;
  const endedAtMs = ports.clock.now();
  for (const entry of await store.journal.listStarted()) {
    if (entry.step === "buildImage") await tellInterruptedBuild(deps, entry);
    await store.journal.end(entry.sequence, { status: "failed", error: INTERRUPTED, endedAtMs });
  }
}

/** Its output begins from the start: whoever reads the log should not have to guess why. */
async function tellInterruptedBuild(
  { store, story }: WorkerDeps,
  { serviceId, operationId, sequence }: JournalEntry,
): Promise<void> {
  if (operationId === null) return;
  const service = await store.services.get(serviceId);
  const operation = await store.operations.get(serviceId, operationId);
  if (service === null || operation === null || operation.endedAtMs !== null || operation.cause !== null)
    return;
  const line = { key: `build-restarted:${sequence}`, text: eventLine.buildRestarted() };
  await story.detail(service, operationId, line);
}

async function followOutput({ store, ports }: WorkerDeps): Promise<void> {
  for (const row of await store.instances.listAllLive()) {
    const service = row.address === null ? null : await store.services.get(row.serviceId);
    if (service !== null) ports.log.follow(ownerOf(service), row.id);
  }
}
