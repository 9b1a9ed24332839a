/** ARNs of principals and policies. They belong to an account, and to no region. */
import type { AccountScope } from "./arn.ts";

type Account = Pick<AccountScope, "account">;

interface Named {
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly name: string;
}

export function rootArn({ account }: Account): string {
  return `arn:aws:iam::${account}:root`;
}

export function userArn({ account }: Account, { path, name }: Named): string {
  return `arn:aws:iam::${account}:user${path}${name}`;
}

export function roleArn({ account }: Account, { path, name }: Named): string {
  return `arn:aws:iam::${account}:role${path}${name}`;
}

export function policyArn({ account }: Account, { path, name }: Named): string {
  return `arn:aws:iam::${account}:policy${path}${name}`;
}

/** Of a role's session; its path is not in it. */
export function assumedRoleArn(role: { readonly arn: string }, sessionName: string): string {
  const account = role.arn.split(":")[4] ?? "";
  return `arn:aws:sts::${account}:assumed-role/${nameOfArn(role.arn)}/${sessionName}`;
}

/** The name at the end of an ARN of a user, role or policy. */
export function nameOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
