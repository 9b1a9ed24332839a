/** What the store says of VPC connectors, for the engine: which networks and groups they name, and what those are now. */
import type { VpcConnector } from "../domain/configuration.ts";
import type { EgressPolicy, Network } from "../domain/network.ts";
import type { Tables } from "../ports/store.ts";

/** Quotas keep both far below. */
const ALL = { after: null, limit: 10_000 } as const;

/** Of all that are not deleted. A subnet or group that is gone reaches nothing and allows nothing. */
export async function readEgressPolicies(
  tables: Pick<Tables, "vpcConnectors" | "networks">,
): Promise<readonly EgressPolicy[]> {
  const connectors = (await tables.vpcConnectors.list({ latestOnly: false }, ALL)).rows;
  if (connectors.length === 0) return [];
  const networks = (await tables.networks.list(ALL)).rows;
  return connectors.map((connector) => policyOf(connector, networks));
}

/** Those that subnets stand for, each once, whether a connector names them by now or not. */
export async function readDockerNetworks(tables: Pick<Tables, "networks">): Promise<readonly string[]> {
  const { rows } = await tables.networks.list(ALL);
  return [...new Set(rows.flatMap(dockerNetworksOf))];
}

function dockerNetworksOf(network: Network): readonly string[] {
  return network.kind === "subnet" && network.dockerNetwork !== null ? [network.dockerNetwork] : [];
}

/** The last part of its ARN. */
export function connectorIdOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

function policyOf(
  { arn, subnets, securityGroups }: VpcConnector,
  networks: readonly Network[],
): EgressPolicy {
  const named = networks.filter(({ id }) => subnets.includes(id) || securityGroups.includes(id));
  const own = named.filter((network) => network.kind === "subnet");
  const groups = named.filter((network) => network.kind === "security-group");
  return {
    connectorId: connectorIdOf(arn),
    dockerNetworks: own.flatMap(dockerNetworksOf),
    cidrs: own.flatMap(({ cidrs }) => cidrs),
    rules: securityGroups.length === 0 ? null : groups.flatMap(({ rules }) => rules),
  };
}
