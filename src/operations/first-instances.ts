/** After a start of the control plane: whether the services that shall run have an instance that serves again. */
import type { Instance } from "../domain/instance.ts";
import { type ContainerView, isServing } from "./observed.ts";
import type { WorkerDeps } from "./service-worker.ts";

const LOOK_AGAIN_MS = 100;

/**
 * Resolves when no service waits for its first instance: each has one that serves, or none at all, since it is at zero
 * or since those it had have ended again. Rejects when the signal is aborted, and with StoreUnavailable.
 */
export async function untilServing(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  while (!(await isServingAll(deps))) await deps.ports.clock.sleep(LOOK_AGAIN_MS, signal);
}

async function isServingAll({ store, engineWatch }: WorkerDeps): Promise<boolean> {
  const containers = engineWatch.view();
  if (containers === "unknown") return false;
  for (const { id } of await store.services.listByStatus(["RUNNING"])) {
    const rows = await store.instances.listLive(id);
    if (rows.length > 0 && !rows.some((row) => isUp(row, containers))) return false;
  }
  return true;
}

/** Right after a start the record may still tell of instances that ended long ago. */
function isUp(row: Instance, containers: ReadonlyMap<string, ContainerView>): boolean {
  return isServing(row) && containers.get(row.id)?.state === "running";
}
