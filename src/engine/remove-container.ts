/** Removes one container of ours, running or not. */
import type { EngineContext } from "./context.ts";
import { isRefusal } from "./errors.ts";

const REMOVAL_DEADLINE_MS = 60_000;

/** A missing container, or one that is being removed already, is fine. Anonymous volumes go with it. */
export async function removeContainer(
  { client }: EngineContext,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.call(
      signal,
      (docker) => docker.getContainer(id).remove({ force: true, v: true }),
      REMOVAL_DEADLINE_MS,
    );
  } catch (error) {
    if (!isRefusal(error, 404, 409)) throw error;
  }
}
