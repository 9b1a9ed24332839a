/** Users of the test account. */
import type { User } from "../../domain/identity.ts";

export function aUser(name: string, policies: Readonly<Record<string, object>> = {}): User {
  return {
    arn: `arn:aws:iam::000000000000:user/${name}`,
    name,
    path: "/",
    id: `AIDA${name.toUpperCase()}`,
    createdAtMs: 0,
    inlinePolicies: Object.fromEntries(
      Object.entries(policies).map(([policy, document]) => [policy, JSON.stringify(document)]),
    ),
    attachedPolicyArns: [],
    status: "ACTIVE",
    login: null,
  };
}
