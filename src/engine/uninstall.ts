/** Takes away everything of one installation, by its label and its names only. */
import type { EngineContext } from "./context.ts";
import { isRefusal } from "./errors.ts";
import type { Firewall } from "./firewall.ts";
import { collectImages } from "./images.ts";
import { labels } from "./naming.ts";
import { removeNetwork } from "./network.ts";
import { removeContainer } from "./remove-container.ts";

export async function uninstall(
  context: EngineContext,
  firewall: Firewall,
  signal: AbortSignal,
): Promise<void> {
  const { client, names } = context;
  const containers = await client.call(signal, (docker) =>
    docker.listContainers({ all: true, filters: { label: [`${labels.owner}=${names.ownerId}`] } }),
  );
  for (const { Id } of containers) await removeContainer(context, Id, signal);
  await removeNetwork(context, signal);
  // Only now: the rules outlive the last container they keep in its place.
  await firewall.remove(signal);
  // Far in the future nothing counts as a pull that is still wanted.
  await collectImages({ ...context, now: () => Number.MAX_SAFE_INTEGER }, new Set(), new Map(), signal);
  await removeSandboxImages(context, signal);
}

async function removeSandboxImages({ client, names }: EngineContext, signal: AbortSignal): Promise<void> {
  const reference = [`${names.sandboxRepository}:*`];
  const images = await client.call(signal, (docker) => docker.listImages({ filters: { reference } }));
  for (const tag of images.flatMap((image) => image.RepoTags ?? [])) {
    try {
      await client.call(signal, (docker) => docker.getImage(tag).remove());
    } catch (error) {
      if (!isRefusal(error, 404, 409)) throw error;
    }
  }
}
