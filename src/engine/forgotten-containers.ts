/** Containers that live for a moment only: one that is there for longer was left by a crash. */
import type { EngineContext } from "./context.ts";
import { labels } from "./naming.ts";
import { listOwnContainers } from "./own-containers.ts";
import { removeContainer } from "./remove-container.ts";

export async function removeForgotten(
  context: EngineContext,
  { role, olderThanMs }: { readonly role: string; readonly olderThanMs: number },
  signal: AbortSignal,
): Promise<void> {
  const all = await listOwnContainers(context, signal);
  const forgotten = all.filter(
    ({ Labels, Created }) => Labels[labels.role] === role && context.now() - Created * 1_000 > olderThanMs,
  );
  for (const { Id } of forgotten) await removeContainer(context, Id, signal);
}
