/** Roles of the test account that services may be given. */
import type { Role } from "../../domain/identity.ts";
import { type ServiceRoleKind, trustedService } from "../../domain/role-trust.ts";

export function aServiceRole(name: string, kind: ServiceRoleKind): Role {
  const statement = {
    Effect: "Allow",
    Principal: { Service: trustedService[kind] },
    Action: "sts:AssumeRole",
  };
  return {
    arn: `arn:aws:iam::000000000000:role/${name}`,
    name,
    path: "/",
    id: `AROA${name.toUpperCase()}`,
    createdAtMs: 0,
    inlinePolicies: {},
    attachedPolicyArns: [],
    status: "ACTIVE",
    description: "",
    trustPolicy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    maxSessionSeconds: 3600,
  };
}
