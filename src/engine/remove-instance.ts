/** Removes an instance with its sandbox, in an order in which a crash leaves nothing that nobody would find. */
import type { EngineContext } from "./context.ts";
import { isRefusal } from "./errors.ts";
import { inspectOwnContainer } from "./own-containers.ts";
import { removeContainer } from "./remove-container.ts";
import type { SandboxPool } from "./sandbox-pool.ts";

const KILL_DEADLINE_MS = 60_000;
const SANDBOX_MODE = /^container:([0-9a-f]{64})$/;

/**
 * Kill, then the sandbox, then the container: while the container is there the list shows the instance, and the sandbox
 * never looks free. Killed first, so that the sandbox's end is not reported as the exit of a running instance.
 */
export async function removeInstance(
  context: EngineContext,
  pool: SandboxPool,
  instanceId: string,
  signal: AbortSignal,
): Promise<void> {
  const name = context.names.instanceContainer(instanceId);
  const sandboxId = await killAndFindSandbox(context, name, signal);
  if (sandboxId === null) return;
  if (sandboxId !== "") await pool.discard(sandboxId, signal);
  await removeContainer(context, name, signal);
}

/** The sandbox's container id, empty when it has none, null when the instance is not there. */
async function killAndFindSandbox(
  context: EngineContext,
  name: string,
  signal: AbortSignal,
): Promise<string | null> {
  const { client } = context;
  const found = await inspectOwnContainer(context, name, signal);
  if (found === null) return null;
  try {
    if (found.State.Running) {
      await client.call(
        signal,
        (docker) => docker.getContainer(name).kill({ signal: "SIGKILL" }),
        KILL_DEADLINE_MS,
      );
    }
    return SANDBOX_MODE.exec(found.HostConfig.NetworkMode ?? "")?.[1] ?? "";
  } catch (error) {
    if (isRefusal(error, 404)) return null;
    if (isRefusal(error, 409)) return await killAndFindSandbox(context, name, signal); // ended in between
    throw error;
  }
}
