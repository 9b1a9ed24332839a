/** What an instance's network sandbox must have that others do not: a connector's bridge, and names. */
import { InstanceStartError, type InstanceSpec } from "../ports/container-engine.ts";
import { ensureConnectorNetwork, findDockerNetwork, hostsOn } from "./connector-network.ts";
import type { EngineContext } from "./context.ts";
import type { EgressRules } from "./egress-rules.ts";
import { bridgeAddress } from "./network.ts";
import type { SandboxShape } from "./sandbox-pool.ts";

/** Null: one of the pool will do. The connector's rules are in place before its bridge has an instance. */
export async function sandboxShape(
  context: EngineContext,
  egress: EgressRules,
  { connectorId, connectedNames = [] }: Pick<InstanceSpec, "connectorId" | "connectedNames">,
  signal: AbortSignal,
): Promise<SandboxShape | null> {
  const address = connectedNames.length === 0 ? "" : await bridgeAddress(context, signal);
  const connected = connectedNames.map((name) => [name, address] as const);
  if (connectorId === undefined) return connected.length === 0 ? null : { hosts: new Map(connected) };
  const policy = await egress.policyOf(connectorId);
  if (policy === null) {
    throw new InstanceStartError("other", "Its VPC connector is gone; update the service with another one.");
  }
  for (const name of policy.dockerNetworks) {
    if ((await findDockerNetwork(context, name, signal)) === null) throw networkMissing(name);
  }
  await egress.apply(signal);
  const network = await ensureConnectorNetwork(context, connectorId, signal);
  const hosts = await hostsOn(context, policy.dockerNetworks, signal);
  const nameServers = await egress.nameServersOf(policy, signal);
  return { network, hosts: new Map([...hosts, ...connected]), nameServers };
}

function networkMissing(name: string): InstanceStartError {
  return new InstanceStartError(
    "other",
    `The Docker network ${name}, which a subnet of its VPC connector stands for, is not there, ` +
      "or has no IPv4 addresses, or is one of instances; make it, or change the network: `slipway network ls`.",
  );
}
