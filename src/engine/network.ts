/**
 * The one bridge all instances sit on: traffic between its containers is off, the host (the edge) reaches each by its
 * address. One bridge for all costs nothing per service; networks of their own cost 69 ms and more each.
 */
import { readFile } from "node:fs/promises";
import type { EngineContext } from "./context.ts";
import { engineUnavailable, isRefusal } from "./errors.ts";
import { labels } from "./naming.ts";

const DEFAULT_MTU = 1500;

/** Creates the network unless it is there. Idempotent. */
export async function ensureNetwork(context: EngineContext, signal: AbortSignal): Promise<void> {
  const { client, names } = context;
  if (await hasNetwork(context, signal)) return;
  const mtu = await uplinkMtu();
  try {
    await client.call(signal, (docker) =>
      docker.createNetwork({
        Name: names.network,
        CheckDuplicate: true,
        Driver: "bridge",
        EnableIPv6: false,
        Labels: { [labels.owner]: names.ownerId },
        Options: {
          "com.docker.network.bridge.name": names.bridge,
          "com.docker.network.bridge.enable_icc": "false",
          "com.docker.network.driver.mtu": String(mtu),
        },
      }),
    );
  } catch (error) {
    // Made by an earlier self in the same moment.
    if (!isRefusal(error, 409)) throw error;
  }
}

/** The host's own address on it. */
export async function bridgeAddress({ client, names }: EngineContext, signal: AbortSignal): Promise<string> {
  const { IPAM } = (await client.call(signal, (docker) => docker.getNetwork(names.network).inspect())) as {
    readonly IPAM?: { readonly Config?: readonly { readonly Gateway?: string }[] | null };
  };
  const address = IPAM?.Config?.[0]?.Gateway ?? "";
  // With a prefix length on some versions.
  if (address !== "") return address.replace(/\/.*$/, "");
  throw engineUnavailable(`the network ${names.network} has no address on this machine`);
}

async function hasNetwork(context: EngineContext, signal: AbortSignal): Promise<boolean> {
  const owner = await ownerOfNetwork(context, signal);
  const { network, ownerId } = context.names;
  if (owner === null || owner === ownerId) return owner !== null;
  throw engineUnavailable(
    `a network ${network} is there that Slipway did not make; remove it: docker network rm ${network}`,
  );
}

/** What its label says, empty without one; null when there is no such network. */
async function ownerOfNetwork({ client, names }: EngineContext, signal: AbortSignal): Promise<string | null> {
  try {
    const found = (await client.call(signal, (docker) => docker.getNetwork(names.network).inspect())) as {
      readonly Labels?: Readonly<Record<string, string>> | null;
    };
    return found.Labels?.[labels.owner] ?? "";
  } catch (error) {
    if (isRefusal(error, 404)) return null;
    throw error;
  }
}

/** One of that name without our label stays. */
export async function removeNetwork(context: EngineContext, signal: AbortSignal): Promise<void> {
  const { client, names } = context;
  if ((await ownerOfNetwork(context, signal)) !== names.ownerId) return;
  try {
    await client.call(signal, (docker) => docker.getNetwork(names.network).remove());
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
  }
}

/**
 * Bridges have 1500 unless told otherwise; an uplink with less (1400 in many clouds) then depends on path MTU discovery,
 * which fails behind filters: large answers hang.
 */
export async function uplinkMtu(): Promise<number> {
  try {
    const routes = (await readFile("/proc/net/route", "utf8")).split("\n").map((line) => line.split("\t"));
    const uplink = routes.find((fields) => fields[1] === "00000000")?.[0];
    if (uplink === undefined) return DEFAULT_MTU;
    const mtu = Number(await readFile(`/sys/class/net/${uplink}/mtu`, "utf8"));
    return Math.min(mtu, DEFAULT_MTU);
  } catch {
    return DEFAULT_MTU; // not Linux, or an engine elsewhere
  }
}
