/** A policy as people write it, checked for form and taken apart; `compilePolicy` makes of it what decides. */

export type PolicyVersion = "2012-10-17" | "2008-10-17";

/** What the policy is for: what it may and must say differs. A boundary of a session is an identity's. */
export type PolicyUse = "identity" | "trust";

export interface PolicyDocument {
  readonly version: PolicyVersion;
  readonly statements: readonly PolicyStatement[];
}

export interface PolicyStatement {
  /** For messages: `Statement[0]`, or `Statement` where there is one without brackets. */
  readonly place: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: OneOrOther;
  /** Null in trust policies, which have none. */
  readonly resources: OneOrOther | null;
  /** Null in policies of identities. */
  readonly principals: readonly PolicyPrincipal[] | null;
  readonly conditions: readonly StatedCondition[];
}

/** `Action` or `NotAction`, `Resource` or `NotResource`. */
export interface OneOrOther {
  readonly isNot: boolean;
  readonly values: readonly string[];
}

export interface PolicyPrincipal {
  readonly type: "AWS" | "Service" | "Federated";
  /** `*`, an account, an ARN; the name of a service; the ARN of a provider. */
  readonly value: string;
}

export interface StatedCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Characters that are no white space [IAM]. Of a user's or role's own policies: all of them together. */
export const policySizeMax = {
  managed: 6144,
  ofUser: 2048,
  ofRole: 10_240,
  trust: 2048,
  /** With white space. */
  session: 2048,
} as const;

/** As IAM counts: white space is free. */
export function policySize(text: string): number {
  return text.replaceAll(/\s/g, "").length;
}
