/**
 * Which containers are ours: those with our label **and** the name we would have given. A label alone is no proof, since
 * it is copied with `docker commit`, a compose file or an image that brings its own.
 */
import type { ContainerInfo, ContainerInspectInfo } from "dockerode";
import type { EngineContext } from "./context.ts";
import { isRefusal } from "./errors.ts";
import { labels } from "./naming.ts";

/** All of this installation, running or not. */
export async function listOwnContainers(
  { client, names }: EngineContext,
  signal: AbortSignal,
): Promise<readonly ContainerInfo[]> {
  const labelled = await client.call(signal, (docker) =>
    docker.listContainers({ all: true, filters: { label: [`${labels.owner}=${names.ownerId}`] } }),
  );
  return labelled.filter((info) => names.isOwnContainer(containerName(info), info.Labels));
}

/** The container of this name, or null when there is none of ours. */
export async function inspectOwnContainer(
  { client, names }: EngineContext,
  name: string,
  signal: AbortSignal,
): Promise<ContainerInspectInfo | null> {
  try {
    const info = await client.call(signal, (docker) => docker.getContainer(name).inspect());
    return names.isOwnContainer(name, info.Config.Labels) ? info : null;
  } catch (error) {
    if (isRefusal(error, 404)) return null;
    throw error;
  }
}

/** Links of other containers appear as further names, with a slash inside. */
export function containerName({ Names }: ContainerInfo): string {
  return Names.map((name) => name.slice(1)).find((name) => !name.includes("/")) ?? "";
}
