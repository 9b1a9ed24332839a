/** Trust policies of roles for what they are needed for, and which services have one. */
import type { DescribedService } from "../../parts/all-services.ts";
import { IMAGES, INSTANCES } from "../../parts/role-trust.ts";

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
