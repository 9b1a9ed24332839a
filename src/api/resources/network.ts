/** Subnets and security groups: found by id, checked, and as the wire has them. */
import type * as Wire from "../../contract/index.ts";
import type { AccountScope } from "../../domain/arn.ts";
import { SlipwayError } from "../../domain/error.ts";
import {
  canonicalRange,
  type EgressRule,
  type Network,
  networkArn,
  rangeProblem,
  type SecurityGroup,
  type Subnet,
} from "../../domain/network.ts";
import type { Tables } from "../../ports/store.ts";
import { ALL_ROWS } from "../paging.ts";

/** Each rule of a group is one of the firewall for each range of a connector's subnets. */
const MAX_CIDRS = 32;
const MAX_RULES = 32;

/** Of what a call says of a subnet or group. */
export interface NetworkContent {
  readonly DockerNetwork?: string | undefined;
  readonly Cidrs?: readonly string[] | undefined;
  readonly Rules?: readonly Wire.EgressRule[] | undefined;
}

export async function findNetwork(id: string, tables: Tables, scope: AccountScope): Promise<Network> {
  const found = await tables.networks.get(networkArn(scope, id));
  if (found !== null) return found;
  const kind = id.startsWith("sg-") ? "Security group" : "Subnet";
  throw new SlipwayError("NoSuchResource", { kind, arn: id });
}

/** Laid over what is there. Throws InvalidParameter. */
export function subnetContent(
  given: NetworkContent,
  present: Pick<Subnet, "dockerNetwork" | "cidrs">,
): Pick<Subnet, "dockerNetwork" | "cidrs"> {
  if (given.Rules !== undefined) throw invalid("Rules", "belong to a security group; a subnet has Cidrs");
  assertCount(given.Cidrs, "Cidrs", MAX_CIDRS);
  const cidrs = given.Cidrs?.map((text, index) => rangeFromWire(text, `Cidrs[${index}]`));
  const changed = {
    dockerNetwork: given.DockerNetwork ?? present.dockerNetwork,
    cidrs: cidrs ?? present.cidrs,
  };
  if (changed.dockerNetwork !== null || changed.cidrs.length > 0) return changed;
  throw invalid("Cidrs", "must name at least one range, or DockerNetwork a Docker network");
}

/** Throws InvalidParameter. */
export function groupContent(
  given: NetworkContent,
  present: Pick<SecurityGroup, "rules">,
): Pick<SecurityGroup, "rules"> {
  for (const member of ["DockerNetwork", "Cidrs"] as const) {
    if (given[member] !== undefined) throw invalid(member, "belongs to a subnet; a security group has Rules");
  }
  assertCount(given.Rules, "Rules", MAX_RULES);
  return { rules: given.Rules?.map((rule, index) => ruleFromWire(rule, `Rules[${index}]`)) ?? present.rules };
}

function ruleFromWire(
  { Protocol: protocol, FromPort, ToPort, Cidr }: Wire.EgressRule,
  path: string,
): EgressRule {
  const cidr = Cidr === undefined ? null : rangeFromWire(Cidr, `${path}.Cidr`);
  if (FromPort === undefined) {
    if (ToPort !== undefined) throw invalid(`${path}.FromPort`, "is required with ToPort");
    return { protocol, ports: null, cidr };
  }
  if (protocol !== "tcp" && protocol !== "udp") {
    throw invalid(`${path}.FromPort`, `is for tcp and udp; ${protocol} has no ports`);
  }
  const ports = { from: FromPort, to: ToPort ?? FromPort };
  if (ports.from > ports.to) throw invalid(`${path}.ToPort`, "must not be below FromPort");
  return { protocol, ports, cidr };
}

function rangeFromWire(text: string, path: string): string {
  const problem = rangeProblem(text);
  if (problem !== null) throw invalid(path, problem);
  return canonicalRange(text);
}

function assertCount(list: readonly unknown[] | undefined, path: string, limit: number): void {
  if ((list?.length ?? 0) > limit) throw invalid(path, `must have at most ${limit} entries`);
}

export function networkToWire(network: Network): Wire.Network {
  return {
    NetworkId: network.id,
    NetworkArn: network.arn,
    Name: network.name,
    Kind: network.kind === "subnet" ? "SUBNET" : "SECURITY_GROUP",
    ...(network.kind === "subnet" && {
      ...(network.dockerNetwork !== null && { DockerNetwork: network.dockerNetwork }),
      Cidrs: network.cidrs,
    }),
    ...(network.kind === "security-group" && { Rules: network.rules.map(ruleToWire) }),
    CreatedAt: new Date(network.createdAtMs),
    UpdatedAt: new Date(network.updatedAtMs),
  };
}

function ruleToWire({ protocol, ports, cidr }: EgressRule): Wire.EgressRule {
  return {
    Protocol: protocol,
    ...(ports !== null && { FromPort: ports.from, ToPort: ports.to }),
    ...(cidr !== null && { Cidr: cidr }),
  };
}

/** Subnets and groups that a connector names must be there, for they say what it reaches. */
export async function assertNetworksExist(
  {
    subnets,
    securityGroups,
  }: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] },
  tx: Tables,
  scope: AccountScope,
): Promise<void> {
  await assertAll(subnets, { path: "Subnets", prefix: "subnet-", what: "subnet" }, tx, scope);
  await assertAll(
    securityGroups,
    { path: "SecurityGroups", prefix: "sg-", what: "security group" },
    tx,
    scope,
  );
}

interface Wanted {
  readonly path: string;
  readonly prefix: string;
  readonly what: string;
}

async function assertAll(
  ids: readonly string[],
  { path, prefix, what }: Wanted,
  tx: Tables,
  scope: AccountScope,
): Promise<void> {
  for (const [index, id] of ids.entries()) {
    const isThere = id.startsWith(prefix) && (await tx.networks.get(networkArn(scope, id))) !== null;
    if (isThere) continue;
    const { rows } = await tx.networks.list({ after: null, limit: ALL_ROWS });
    const valid = rows.filter((row) => row.id.startsWith(prefix)).map((row) => `${row.id} (${row.name})`);
    const known = valid.length === 0 ? `There is no ${what} yet` : `There are ${valid.join(", ")}`;
    const kind = prefix === "sg-" ? " --rule tcp:5432" : " --docker-network <name>";
    throw invalid(
      `${path}[${index}]`,
      `there is no ${what} ${id}. ${known}; make one: slipway network create <name>${kind}`,
    );
  }
}

function invalid(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path, problem });
}
