/** A new role for what it is needed for: its trust and its first policies follow from that. */
import { call } from "../../api/call.ts";
import { attachPolicy, putInlinePolicy } from "./principal.ts";
import { trustOfImagePulls, trustOfInstances, trustPolicy } from "./role-facts.ts";
import { statementsOf, withStatements } from "./statement-templates.ts";

export type RolePurpose = "instance" | "access" | "people";

export interface RoleWish {
  readonly name: string;
  readonly description: string;
  readonly purpose: RolePurpose;
  /** ARNs that an instance may read. */
  readonly secrets: readonly string[];
  readonly parameters: readonly string[];
  /** ARNs of who may take it, when it is for people. */
  readonly users: readonly string[];
  readonly policyArns: readonly string[];
}

const IAM = "AWSIdentityManagementV20100508";
const PULLS = "arn:aws:iam::aws:policy/service-role/AWSAppRunnerServicePolicyForECRAccess";

export async function makeRole(wish: RoleWish): Promise<void> {
  const { name, description, purpose } = wish;
  await call(`${IAM}.CreateRole`, {
    RoleName: name,
    AssumeRolePolicyDocument: trustOf(wish),
    ...(description !== "" && { Description: description }),
  });
  const role = { kind: "role", name } as const;
  const arns = purpose === "access" ? [PULLS, ...wish.policyArns] : wish.policyArns;
  for (const arn of new Set(arns)) await attachPolicy(role, arn);
  const reads = readingPolicy(wish);
  if (reads !== null) await putInlinePolicy(role, { PolicyName: "reads", PolicyDocument: reads });
}

function trustOf({ purpose, users }: RoleWish): string {
  if (purpose === "people") return trustPolicy({ AWS: users });
  return purpose === "instance" ? trustOfInstances : trustOfImagePulls;
}

/** Null: it reads nothing. */
function readingPolicy({ purpose, secrets, parameters }: RoleWish): string | null {
  if (purpose !== "instance") return null;
  const statements = [
    ...(secrets.length > 0 ? statementsOf("readSecrets", secrets) : []),
    ...(parameters.length > 0 ? statementsOf("readParameters", parameters) : []),
  ];
  return statements.length === 0 ? null : withStatements("", statements);
}
