/**
 * A bridge of its own for the instances of each VPC connector: what they may reach is said of the bridge, so no rule knows an
 * address, and none outlives the instance that bore it. And what the engine knows of the networks that subnets stand for.
 */
import { INTERNAL_DOMAIN } from "../domain/internal-name.ts";
import type { EngineContext } from "./context.ts";
import { engineUnavailable, isRefusal } from "./errors.ts";
import { labels } from "./naming.ts";
import { uplinkMtu } from "./network.ts";

/** Many names are no use in a file of hosts, and a network of the user's may have any number of containers. */
const MAX_HOSTS = 200;
const HOST_NAME = /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})$/;
/** Names that mean something else in an instance, whatever a container is called. */
const RESERVED_NAME = new RegExp(`^(localhost|ip6-.*|.*\\.localhost|.*\\.${INTERNAL_DOMAIN})$`, "i");

interface NetworkView {
  readonly Name: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null };
  readonly Containers?: Readonly<Record<string, { readonly IPv4Address: string }>> | null;
}

/** A network of the user's that a subnet stands for. */
export interface DockerNetwork {
  /** IPv4 only, one at least. */
  readonly ranges: readonly string[];
}

/** Creates the connector's bridge unless it is there. Its rules must be there before. */
export async function ensureConnectorNetwork(
  context: EngineContext,
  connectorId: string,
  signal: AbortSignal,
): Promise<string> {
  const { client, names } = context;
  const name = names.connectorNetwork(connectorId);
  const found = await inspect(context, name, signal);
  if (found?.Labels?.[labels.owner] === names.ownerId) return name;
  if (found !== null) {
    throw engineUnavailable(
      `a network ${name} is there that Slipway did not make; remove it: docker network rm ${name}`,
    );
  }
  const mtu = await uplinkMtu();
  try {
    await client.call(signal, (docker) =>
      docker.createNetwork({
        Name: name,
        CheckDuplicate: true,
        Driver: "bridge",
        EnableIPv6: false,
        Labels: { [labels.owner]: names.ownerId, [labels.connector]: connectorId },
        Options: {
          "com.docker.network.bridge.name": names.connectorBridge(connectorId),
          "com.docker.network.bridge.enable_icc": "false",
          "com.docker.network.driver.mtu": String(mtu),
        },
      }),
    );
  } catch (error) {
    // Made by a start beside this one in the same moment.
    if (!isRefusal(error, 409)) throw error;
  }
  return name;
}

/** Those of connectors that are no more; all of them when `keep` is empty. False when a container is still on one. */
export async function removeConnectorNetworks(
  context: EngineContext,
  keep: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<boolean> {
  const { client, names } = context;
  const label = [`${labels.owner}=${names.ownerId}`, labels.connector];
  const all = (await client.call(signal, (docker) =>
    docker.listNetworks({ filters: { label } }),
  )) as readonly NetworkView[];
  let areGone = true;
  for (const { Name, Labels } of all) {
    const connectorId = Labels?.[labels.connector] ?? "";
    const isOurs = /^[0-9a-f]{32}$/.test(connectorId) && Name === names.connectorNetwork(connectorId);
    if (!isOurs || keep.has(connectorId)) continue;
    try {
      await client.call(signal, (docker) => docker.getNetwork(Name).remove());
    } catch (error) {
      if (isRefusal(error, 403)) areGone = false;
      else if (!isRefusal(error, 404)) throw error; // gone in between
    }
  }
  return areGone;
}

/** Null when there is no such network, or none that a subnet can stand for: instances' own, or without addresses. */
export async function findDockerNetwork(
  context: EngineContext,
  name: string,
  signal: AbortSignal,
): Promise<DockerNetwork | null> {
  const found = await inspect(context, name, signal);
  if (found === null || found.Labels?.[labels.owner] !== undefined) return null;
  const subnets = (found.IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? "");
  const ranges = subnets.filter((subnet) => /^[\d.]+\/\d+$/.test(subnet));
  return ranges.length === 0 ? null : { ranges };
}

/** Name → address of the containers on these networks: names, and the aliases that Compose and others give. */
export async function hostsOn(
  context: EngineContext,
  networks: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const hosts = new Map<string, string>();
  for (const network of networks) {
    const found = await inspect(context, network, signal);
    if (found?.Labels?.[labels.owner] !== undefined) continue;
    for (const id of Object.keys(found?.Containers ?? {}).toSorted()) {
      for (const [name, address] of await namesOf(context, { id, network }, signal)) {
        if (hosts.size < MAX_HOSTS && !hosts.has(name)) hosts.set(name, address);
      }
    }
  }
  return hosts;
}

interface EndpointView {
  readonly IPAddress?: string;
  readonly Aliases?: readonly string[] | null;
}

async function namesOf(
  { client }: EngineContext,
  { id, network }: { readonly id: string; readonly network: string },
  signal: AbortSignal,
): Promise<readonly (readonly [string, string])[]> {
  try {
    const { Name, NetworkSettings } = await client.call(signal, (docker) =>
      docker.getContainer(id).inspect(),
    );
    const endpoint: EndpointView = NetworkSettings.Networks[network] ?? {};
    const address = endpoint.IPAddress ?? "";
    if (address === "") return [];
    const names = [Name.replace(/^\//, ""), ...(endpoint.Aliases ?? [])];
    return names.filter(isForHosts).map((name) => [name, address] as const);
  } catch (error) {
    if (isRefusal(error, 404)) return []; // gone in between
    throw error;
  }
}

export function isForHosts(name: string): boolean {
  return HOST_NAME.test(name) && !RESERVED_NAME.test(name);
}

/** The engine also takes the beginning of an id for one: `db` would be any network whose id begins so. */
async function inspect(
  { client }: EngineContext,
  name: string,
  signal: AbortSignal,
): Promise<NetworkView | null> {
  try {
    const found = (await client.call(signal, (docker) => docker.getNetwork(name).inspect())) as NetworkView;
    return found.Name === name ? found : null;
  } catch (error) {
    if (isRefusal(error, 400, 404)) return null; // 400: it may be several
    throw error;
  }
}
