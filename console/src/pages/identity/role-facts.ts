/** Who may take a role, and which services have it: read from its trust policy and the services' settings. */
import type { DescribedService } from "../../parts/all-services.ts";

const INSTANCES = "tasks.apprunner.amazonaws.com";
const IMAGES = "build.apprunner.amazonaws.com";

export interface Takers {
  readonly areInstances: boolean;
  readonly areImagePulls: boolean;
  /** ARNs, accounts, other services. */
  readonly others: readonly string[];
}

/** `trust`: the text of a trust policy, which the API has checked. */
export function takersOf(trust: string): Takers {
  const { Statement = [] } = readTrust(trust);
  const named = [Statement]
    .flat()
    .flatMap(({ Effect, Principal }) => (Effect === "Allow" ? principalsIn(Principal) : []));
  return {
    areInstances: named.includes(INSTANCES),
    areImagePulls: named.includes(IMAGES),
    others: named.filter((one) => one !== INSTANCES && one !== IMAGES),
  };
}

interface TrustStatement {
  readonly Effect?: string;
  readonly Principal?: unknown;
}

function readTrust(text: string): { readonly Statement?: TrustStatement | readonly TrustStatement[] } {
  try {
    return JSON.parse(text) as { readonly Statement?: TrustStatement };
  } catch {
    return {};
  }
}

function principalsIn(principal: unknown): readonly string[] {
  if (typeof principal === "string") return [principal];
  if (typeof principal !== "object" || principal === null) return [];
  return Object.values(principal)
    .flat()
    .filter((one): one is string => typeof one === "string");
}

export function trustPolicy(principal: {
  readonly Service?: string;
  readonly AWS?: readonly string[];
}): string {
  const Statement = [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }];
  return JSON.stringify({ Version: "2012-10-17", Statement }, null, 2);
}

export const trustOfInstances = trustPolicy({ Service: INSTANCES });
export const trustOfImagePulls = trustPolicy({ Service: IMAGES });

export interface RoleUse {
  readonly service: Pick<DescribedService, "ServiceId" | "ServiceName">;
  readonly as: "instance" | "access";
}

export function roleUses(services: readonly DescribedService[], roleArn: string): readonly RoleUse[] {
  return services.flatMap((service) => {
    const { InstanceConfiguration, SourceConfiguration } = service;
    const uses: RoleUse[] = [];
    if (InstanceConfiguration?.InstanceRoleArn === roleArn) uses.push({ service, as: "instance" });
    if (SourceConfiguration.AuthenticationConfiguration?.AccessRoleArn === roleArn) {
      uses.push({ service, as: "access" });
    }
    return uses;
  });
}
