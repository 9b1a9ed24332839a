/** All instances of this installation, rebuilt from labels and names. */
import type { ContainerInfo } from "dockerode";
import type { EngineInstance } from "../ports/container-engine.ts";
import type { EngineContext } from "./context.ts";
import { lostSandboxExit, readExit } from "./instance-exit.ts";
import { labels } from "./naming.ts";
import { containerName, inspectOwnContainer, listOwnContainers } from "./own-containers.ts";

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
  const sandboxId = (info.HostConfig.NetworkMode ?? "").replace("container:", "");
  if (info.State === "running" || info.State === "paused") {
    if (!runningIds.has(sandboxId)) return { ...identity, state: "exited", exit: lostSandboxExit };
    const address = info.Labels[labels.address] ?? "";
    return { ...identity, state: "running", address, port: Number(info.Labels[labels.port]) };
  }
  const ended = await inspectOwnContainer(context, containerName(info), signal);
  if (ended === null) return null;
  const exit = await readExit(context, ended, signal);
  // A sandbox outlives an application that ends by itself.
  return {
    ...identity,
    state: "exited",
    exit: runningIds.has(sandboxId) ? exit : { ...exit, wasStopped: true },
  };
}
