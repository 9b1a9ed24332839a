/** Asks an instance to end, and makes it end after the grace time. */
import type { EngineContext } from "./context.ts";
import { isRefusal } from "./errors.ts";
import { inspectOwnContainer } from "./own-containers.ts";

/** On top of the grace time: SIGKILL to exit took up to 100 ms; a loaded engine needs more. */
const KILL_ALLOWANCE_MS = 30_000;
const MS_PER_S = 1_000;

/**
 * The engine sends the image's own STOPSIGNAL, which is SIGTERM unless the image says otherwise (nginx: SIGQUIT, its
 * graceful one), and does the waiting: a control plane that dies meanwhile changes nothing. Whole seconds, rounded up.
 */
export async function stopInstance(
  context: EngineContext,
  instanceId: string,
  graceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const name = context.names.instanceContainer(instanceId);
  if ((await inspectOwnContainer(context, name, signal)) === null) return;
  try {
    await context.client.call(
      signal,
      (docker, abortSignal) =>
        docker.getContainer(name).stop({ t: Math.ceil(graceMs / MS_PER_S), abortSignal }),
      graceMs + KILL_ALLOWANCE_MS,
    );
  } catch (error) {
    if (!isRefusal(error, 304, 404)) throw error; // 304: it has ended already
  }
}
