/** Takes away everything of one installation, by its labels and names only. */
import { setTimeout as delay } from "node:timers/promises";
import { removeConnectorNetworks } from "./connector-network.ts";
import type { EngineContext } from "./context.ts";
import { engineUnavailable, isRefusal } from "./errors.ts";
import { collectImages } from "./images.ts";
import { removeNetwork } from "./network.ts";
import { listOwnContainers } from "./own-containers.ts";
import { removeContainer } from "./remove-container.ts";

/** The engine may be making a sandbox for a control plane that has just gone away; that takes a second or two. */
const NETWORK_ATTEMPTS = 50;
const RETRY_MS = 200;
const STRANGER =
  "a container that is not Slipway's is on the network of a VPC connector; docker network ls tells its name, " +
  "docker network disconnect frees it";

/** How much there was. */
export interface Uninstalled {
  readonly containers: number;
  readonly images: number;
}

interface Rules {
  remove(signal: AbortSignal): Promise<void>;
}

export async function uninstall(
  context: EngineContext,
  rules: readonly Rules[],
  signal: AbortSignal,
): Promise<Uninstalled> {
  let containers = await removeContainersAndNetwork(context, signal);
  // Only now: the rules outlive the last container they keep in its place.
  for (const each of rules) await each.remove(signal);
  // Far in the future nothing counts as a pull that is still wanted.
  const endless = { ...context, now: () => Number.MAX_SAFE_INTEGER };
  const { removed } = await collectImages(endless, new Set(), new Map(), signal);
  let images = removed + (await removeSandboxImages(context, signal));
  // One that was made but never started held no network. Without the image no other can follow.
  const late = await removeContainers(context, signal);
  containers += late;
  if (late > 0) images += await removeSandboxImages(context, signal);
  return { containers, images };
}

/** The network cannot go while a container that was not there yet when we looked is on it: look again. */
async function removeContainersAndNetwork(context: EngineContext, signal: AbortSignal): Promise<number> {
  let containers = 0;
  for (let attempt = 1; ; attempt += 1) {
    containers += await removeContainers(context, signal);
    try {
      if (await removeConnectorNetworks(context, new Set(), signal)) {
        await removeNetwork(context, signal);
        return containers;
      }
      if (attempt === NETWORK_ATTEMPTS) throw engineUnavailable(STRANGER);
    } catch (error) {
      if (!isRefusal(error, 403) || attempt === NETWORK_ATTEMPTS) throw error;
    }
    await delay(RETRY_MS, undefined, { signal });
  }
}

async function removeContainers(context: EngineContext, signal: AbortSignal): Promise<number> {
  const containers = await listOwnContainers(context, signal);
  for (const { Id } of containers) await removeContainer(context, Id, signal);
  return containers.length;
}

async function removeSandboxImages({ client, names }: EngineContext, signal: AbortSignal): Promise<number> {
  let removed = 0;
  const reference = [`${names.sandboxRepository}:*`];
  const images = await client.call(signal, (docker) => docker.listImages({ filters: { reference } }));
  const tags = images.flatMap((image) => image.RepoTags ?? []);
  for (const tag of tags.filter((name) => name.startsWith(`${names.sandboxRepository}:`))) {
    try {
      await client.call(signal, (docker) => docker.getImage(tag).remove());
      removed += 1;
    } catch (error) {
      if (!isRefusal(error, 404, 409)) throw error;
    }
  }
  return removed;
}
