/** A subnet or a security group as a form holds it, and as the API takes it. Pure. */
import type { Output } from "../../api/wire.ts";
import { networking } from "../../texts.ts";

export type Network = Output<"Slipway.ListNetworks">["Networks"][number];
export type EgressRule = NonNullable<Network["Rules"]>[number];
export type Protocol = EgressRule["Protocol"];

export interface RuleDraft {
  readonly protocol: Protocol;
  /** Empty: every port. */
  readonly fromPort: string;
  /** Empty: the one port. */
  readonly toPort: string;
  /** Empty: everywhere in the subnets. */
  readonly cidr: string;
}

export interface NetworkForm {
  readonly kind: Network["Kind"];
  readonly name: string;
  readonly dockerNetwork: string;
  /** One a line. */
  readonly cidrs: string;
  readonly rules: readonly RuleDraft[];
}

/** What of a connector says which networks it names. */
export type NamingConnector = Pick<
  Output<"AppRunner.ListVpcConnectors">["VpcConnectors"][number],
  "VpcConnectorName" | "Subnets" | "SecurityGroups"
>;

export const newRule: RuleDraft = { protocol: "tcp", fromPort: "", toPort: "", cidr: "" };

export function formOf(network: Network | undefined): NetworkForm {
  return {
    kind: network?.Kind ?? "SUBNET",
    name: network?.Name ?? "",
    dockerNetwork: network?.DockerNetwork ?? "",
    cidrs: (network?.Cidrs ?? []).join("\n"),
    rules: network === undefined ? [newRule] : (network.Rules ?? []).map(toDraft),
  };
}

function toDraft({ Protocol: protocol, FromPort, ToPort, Cidr: cidr = "" }: EgressRule): RuleDraft {
  const isRange = ToPort !== undefined && ToPort !== FromPort;
  return { protocol, fromPort: portText(FromPort), toPort: isRange ? portText(ToPort) : "", cidr };
}

function portText(port: number | undefined): string {
  return port === undefined ? "" : String(port);
}

/** What the network stands for, for CreateNetwork and UpdateNetwork. */
export function contentOf({ kind, dockerNetwork, cidrs, rules }: NetworkForm) {
  if (kind === "SECURITY_GROUP") return { Rules: rules.map(toRule) };
  const docker = dockerNetwork.trim();
  return { ...(docker !== "" && { DockerNetwork: docker }), Cidrs: cidrs.split(/[\s,]+/).filter(Boolean) };
}

function toRule({ protocol, fromPort, toPort, cidr }: RuleDraft): EgressRule {
  const hasPorts = protocol === "tcp" || protocol === "udp";
  return {
    Protocol: protocol,
    ...(hasPorts && fromPort !== "" && { FromPort: Number(fromPort) }),
    ...(hasPorts && fromPort !== "" && toPort !== "" && { ToPort: Number(toPort) }),
    ...(cidr.trim() !== "" && { Cidr: cidr.trim() }),
  };
}

/** As `slipway network` writes it: `tcp:5432`, `udp:8000-8100@10.0.0.0/8`. */
export function ruleText({ Protocol: protocol, FromPort, ToPort, Cidr }: EgressRule): string {
  const last = ToPort === undefined || ToPort === FromPort ? "" : `-${ToPort}`;
  const ports = FromPort === undefined ? "" : `:${FromPort}${last}`;
  return `${protocol}${ports}${Cidr === undefined ? "" : `@${Cidr}`}`;
}

/** Names of the connectors that name it, each once however many revisions do. */
export function connectorsNaming(
  networkId: string,
  connectors: readonly NamingConnector[],
): readonly string[] {
  const naming = connectors.filter(
    ({ Subnets = [], SecurityGroups = [] }) =>
      Subnets.includes(networkId) || SecurityGroups.includes(networkId),
  );
  return [...new Set(naming.map(({ VpcConnectorName = "" }) => VpcConnectorName))];
}

export function networkText({ DockerNetwork: docker, Cidrs: cidrs = [], Rules: rules }: Network): string {
  if (rules !== undefined)
    return rules.length === 0 ? networking.networks.nothing : rules.map(ruleText).join(", ");
  return [...(docker === undefined ? [] : [networking.networks.docker(docker)]), ...cidrs].join(", ");
}
