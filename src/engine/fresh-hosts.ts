/**
 * Keeps the names that instances with a connector know of their Docker networks: a container that comes back may have another
 * address. The engine wrote them into the sandbox's file of hosts, which instances share; it is changed in place, for it is
 * mounted. Only possible where this process may write there (root, the engine's machine); elsewhere names stay as they began.
 */
import { open, readFile, stat } from "node:fs/promises";
import type { EgressPolicy } from "../domain/network.ts";
import { INTERNAL_DOMAIN } from "../domain/internal-name.ts";
import { hostsOn } from "./connector-network.ts";
import type { EngineContext } from "./context.ts";
import { labels } from "./naming.ts";
import { containerName, inspectOwnContainer, listOwnContainers } from "./own-containers.ts";

/** Far above what names of ours take. */
const MAX_BYTES = 256 * 1_024;

export async function freshenHosts(
  context: EngineContext,
  policies: readonly EgressPolicy[],
  signal: AbortSignal,
): Promise<void> {
  const wanted = policies.filter(({ dockerNetworks }) => dockerNetworks.length > 0);
  if (wanted.length === 0) return;
  const all = await listOwnContainers(context, signal);
  const sandboxes = all.filter(
    ({ Labels, State }) => Labels[labels.made] !== undefined && State === "running",
  );
  for (const { connectorId, dockerNetworks } of wanted) {
    const network = context.names.connectorNetwork(connectorId);
    const own = sandboxes.filter(({ HostConfig }) => HostConfig.NetworkMode === network);
    if (own.length === 0) continue;
    const hosts = await hostsOn(context, dockerNetworks, signal);
    for (const info of own) await freshenOne(context, { name: containerName(info), hosts }, signal);
  }
}

interface Sandbox {
  readonly name: string;
  readonly hosts: ReadonlyMap<string, string>;
}

async function freshenOne(
  context: EngineContext,
  { name, hosts }: Sandbox,
  signal: AbortSignal,
): Promise<void> {
  const found = await inspectOwnContainer(context, name, signal);
  if (found === null) return;
  const began = (found.HostConfig.ExtraHosts ?? []).map((line: string) => line.split(":")[0] ?? "");
  try {
    // The instance may write there, too.
    if ((await stat(found.HostsPath)).size > MAX_BYTES) return;
    const text = await readFile(found.HostsPath, "utf8");
    const fresh = freshHosts(text, began, hosts);
    if (fresh !== text) await writeInPlace(found.HostsPath, fresh);
  } catch {
    // Not ours to write, or gone with the sandbox.
  }
}

/** `began`: names that we gave it at its start; those of connected services stay. */
export function freshHosts(
  text: string,
  began: readonly string[],
  hosts: ReadonlyMap<string, string>,
): string {
  const replaced = new Set([
    ...began.filter((name) => !name.endsWith(`.${INTERNAL_DOMAIN}`)),
    ...hosts.keys(),
  ]);
  const kept = text.split("\n").filter((line) => line !== "" && !replaced.has(line.split(/\s+/)[1] ?? ""));
  const added = Array.from(hosts, ([name, address]) => `${address}\t${name}`);
  return [...kept, ...added, ""].join("\n");
}

/** One write: no reader finds it empty. */
async function writeInPlace(path: string, text: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    const bytes = Buffer.from(text);
    await file.write(bytes, 0, bytes.length, 0);
    await file.truncate(bytes.length);
  } finally {
    await file.close();
  }
}
