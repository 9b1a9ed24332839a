/**
 * What stands behind a VPC connector here. A subnet is a Docker network of this machine, or ranges of addresses; a security
 * group is a list of rules that narrows them. A connector reaches what its subnets hold and, where it names groups, what a
 * rule of one of them lets pass.
 */
import { canonicalCidr, isWithin } from "./cidr.ts";

export type Network = Subnet | SecurityGroup;

interface NetworkBase {
  readonly arn: string;
  /** `subnet-` or `sg-` and 17 hex, as clients of AWS expect it. */
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Removed rows are gone; kept for the table, which asks. */
  readonly status: "ACTIVE";
}

export interface Subnet extends NetworkBase {
  readonly kind: "subnet";
  /** Name of a network of the engine; null: the ranges alone. */
  readonly dockerNetwork: string | null;
  /** Canonical IPv4 ranges. */
  readonly cidrs: readonly string[];
}

export interface SecurityGroup extends NetworkBase {
  readonly kind: "security-group";
  readonly rules: readonly EgressRule[];
}

export interface EgressRule {
  readonly protocol: "tcp" | "udp" | "icmp" | "all";
  /** Of tcp and udp; null: every port. */
  readonly ports: { readonly from: number; readonly to: number } | null;
  /** Null: wherever the subnets lead. */
  readonly cidr: string | null;
}

/** What instances with one connector may reach. */
export interface EgressPolicy {
  /** 32 hex, the last part of the connector's ARN. */
  readonly connectorId: string;
  readonly dockerNetworks: readonly string[];
  readonly cidrs: readonly string[];
  /** Null: no groups are named, so every protocol and port. */
  readonly rules: readonly EgressRule[] | null;
}

/** One thing that may be reached. */
export interface Reachable {
  readonly cidr: string;
  readonly protocol: EgressRule["protocol"];
  readonly ports: EgressRule["ports"];
}

const ANY: EgressRule = { protocol: "all", ports: null, cidr: null };

/** Never, whatever a network says: the host's loopback, metadata of clouds, what is no unicast. */
export const NEVER_REACHABLE = [
  "0.0.0.0/8",
  "100.100.100.200/32", // Alibaba's metadata
  "127.0.0.0/8",
  "168.63.129.16/32", // Azure's host agent
  "169.254.0.0/16",
  "192.0.0.0/24", // Oracle's metadata
  "224.0.0.0/4",
  "240.0.0.0/4",
] as const;

export function networkArn(
  { region, account }: { readonly region: string; readonly account: string },
  id: string,
): string {
  return `arn:aws:apprunner:${region}:${account}:network/${id}`;
}

/** All that is in one of the ranges and that a rule lets pass, each once. */
export function reachables(
  cidrs: readonly string[],
  rules: readonly EgressRule[] | null,
): readonly Reachable[] {
  const found = new Map<string, Reachable>();
  for (const cidr of cidrs) {
    for (const { cidr: limit, protocol, ports } of rules ?? [ANY]) {
      const narrowed = limit === null ? cidr : narrower(cidr, limit);
      if (narrowed === null) continue;
      const reachable = { cidr: narrowed, protocol, ports };
      found.set(JSON.stringify(reachable), reachable);
    }
  }
  return [...found.values()];
}

/** Ranges are powers of two, so two of them share the smaller one or nothing. */
function narrower(one: string, other: string): string | null {
  if (isWithin(one, other)) return one;
  return isWithin(other, one) ? other : null;
}

/** A sentence's end that says why this range cannot be reached, or null. */
export function rangeProblem(text: string): string | null {
  const cidr = canonicalCidr(text);
  if (cidr === null) {
    return `"${text}" is no IPv4 address or range. Write for example 10.0.5.7 or 10.0.5.0/24`;
  }
  const never = NEVER_REACHABLE.find((one) => isWithin(cidr, one));
  return never === undefined ? null : `"${text}" is in ${never}, which no service may reach`;
}

/** The range as it is kept. Only of what has no problem. */
export function canonicalRange(text: string): string {
  return canonicalCidr(text) as string;
}
