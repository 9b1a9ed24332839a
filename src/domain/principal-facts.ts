/** What a principal tells of itself to conditions and variables: AWS's global keys, in lower case. */
import { nameOfArn } from "./identity-arn.ts";
import type { Principal } from "./identity.ts";

type Fact = readonly [string, readonly string[]];

export function principalFacts(principal: Principal, account: string): readonly Fact[] {
  return [["aws:principalaccount", [account]], ...factsOfKind(principal, account)];
}

function factsOfKind(principal: Principal, account: string): readonly Fact[] {
  if (principal.kind === "root") {
    return [fact("principalarn", principal.arn), fact("principaltype", "Account"), fact("userid", account)];
  }
  if (principal.kind === "user") {
    return [
      fact("principalarn", principal.userArn),
      fact("principaltype", "User"),
      fact("userid", principal.userId),
      fact("username", nameOfArn(principal.userArn)),
    ];
  }
  return [
    ...roleFacts(principal.roleArn),
    fact("userid", `${principal.roleId}:${principal.sessionName}`),
    fact("tokenissuetime", new Date(principal.issuedAtMs).toISOString()),
  ];
}

/** Of a role that somebody acts in the name of. */
export function roleFacts(roleArn: string): readonly Fact[] {
  return [fact("principalarn", roleArn), fact("principaltype", "AssumedRole")];
}

/** Tags as conditions name them; keys that differ in their case only are one. */
export function tagFacts(
  prefix: string,
  tags: readonly { readonly key: string; readonly value: string }[],
): readonly Fact[] {
  const values = new Map<string, readonly string[]>();
  for (const { key, value } of tags) {
    const name = `${prefix}${key.toLowerCase()}`;
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return [...values];
}

function fact(key: string, value: string): Fact {
  return [`aws:${key}`, [value]];
}
