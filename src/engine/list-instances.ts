/** All instances of this installation, rebuilt from labels and names. */
import type { ContainerInfo, ContainerInspectInfo } from "dockerode";
import type { EngineInstance, InstanceExit } from "../ports/container-engine.ts";
import type { EngineContext } from "./context.ts";
import { labels } from "./naming.ts";
import { containerName, inspectOwnContainer, listOwnContainers } from "./own-containers.ts";

/** Exit of an instance that runs on without a network, since its sandbox died: as if it had been killed. */
export const lostSandboxExit: InstanceExit = { exitCode: 137, isOutOfMemory: false };

export async function listInstances(
  context: EngineContext,
  signal: AbortSignal,
): Promise<readonly EngineInstance[]> {
  const all = await listOwnContainers(context, signal);
  const runningIds = new Set(all.filter((info) => info.State === "running").map((info) => info.Id));
  const instances = all.filter((info) => info.Labels[labels.role] === "instance");
  const described = await Promise.all(instances.map((info) => describe(context, info, runningIds, signal)));
  return described.filter((instance) => instance !== null);
}

async function describe(
  context: EngineContext,
  info: ContainerInfo,
  runningIds: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<EngineInstance | null> {
  const identity = {
    instanceId: info.Labels[labels.instance] ?? "",
    serviceId: info.Labels[labels.service] ?? "",
    releaseNumber: Number(info.Labels[labels.release]),
  };
  if (info.State === "created") return { ...identity, state: "created" };
  if (info.State === "running" || info.State === "paused") {
    const sandboxId = (info.HostConfig.NetworkMode ?? "").replace("container:", "");
    if (!runningIds.has(sandboxId)) return { ...identity, state: "exited", exit: lostSandboxExit };
    const address = info.Labels[labels.address] ?? "";
    return { ...identity, state: "running", address, port: Number(info.Labels[labels.port]) };
  }
  const ended = await inspectOwnContainer(context, containerName(info), signal);
  return ended === null ? null : { ...identity, state: "exited", exit: exitOf(ended) };
}

/** The list of containers has the exit code only inside an English sentence. */
export function exitOf({ State }: ContainerInspectInfo): InstanceExit {
  // A child that was killed for memory leaves the mark too: an instance that then ended well was not.
  return { exitCode: State.ExitCode, isOutOfMemory: State.OOMKilled && State.ExitCode !== 0 };
}
