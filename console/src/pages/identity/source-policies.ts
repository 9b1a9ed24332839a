/** All policies of a user or a role with their texts, named as the simulation names them. */
import {
  type Principal,
  readAttachedArns,
  readInlineNames,
  readInlinePolicy,
  readManagedPolicy,
} from "./principal.ts";

export interface SourcePolicy {
  readonly name: string;
  /** `user` and `role`: its own; `none`: given with the question. */
  readonly type: "user" | "role" | "aws-managed" | "user-managed" | "none";
  /** As it was written. */
  readonly document: string;
}

export async function readPolicies(
  principal: Principal,
  signal: AbortSignal,
): Promise<readonly SourcePolicy[]> {
  const [names, arns] = await Promise.all([
    readInlineNames(principal, signal),
    readAttachedArns(principal, signal),
  ]);
  return Promise.all([
    ...names.map((name) => ownPolicy(principal, name, signal)),
    ...arns.map((arn) => attachedPolicy(arn, signal)),
  ]);
}

async function ownPolicy(principal: Principal, name: string, signal: AbortSignal): Promise<SourcePolicy> {
  return { name, type: principal.kind, document: await readInlinePolicy(principal, name, signal) };
}

async function attachedPolicy(arn: string, signal: AbortSignal): Promise<SourcePolicy> {
  return {
    name: arn.slice(arn.lastIndexOf("/") + 1),
    type: arn.startsWith("arn:aws:iam::aws:") ? "aws-managed" : "user-managed",
    document: await readManagedPolicy(arn, signal),
  };
}
