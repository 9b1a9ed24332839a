/**
 * How an operation's input names the resources that it is about. It is not validated yet: what is no text, or too long to
 * be a name, names nothing, and then the call is about `*`; validation refuses it next.
 */
import type { AccountScope } from "../../domain/arn.ts";
import type { Principal } from "../../domain/identity.ts";
import type { Store } from "../../ports/store.ts";

export interface AskedResource {
  /** What policies are held against: the full ARN of what the operation would touch. */
  readonly arn: string;
  /** What a refusal names: nothing that the caller did not know. */
  readonly told: string;
}

export interface RuleContext {
  readonly scope: AccountScope;
  readonly store: Store;
  readonly caller: Principal;
}

/** At least one: the call is allowed when it is for each. */
export type ResourceRule = (
  input: object,
  context: RuleContext,
) => readonly AskedResource[] | Promise<readonly AskedResource[]>;

/** Longer than any name or ARN that an operation takes. */
const NAME_MAX = 4096;
/** More than any operation takes. */
const NAMES_MAX = 200;

export const ANYTHING: AskedResource = { arn: "*", told: "*" };

/** The operation lists, or is about the installation. */
export const anything: ResourceRule = () => [ANYTHING];

export function told(arn: string): AskedResource {
  return { arn, told: arn };
}

/** The ARN that stands in this member. */
export function arnIn(member: string): ResourceRule {
  return (input) => {
    const arn = textAt(input, member);
    return arn?.startsWith("arn:") === true ? [told(arn)] : [ANYTHING];
  };
}

/** What the member names, by an ARN made of the name. */
export function named(member: string, toArn: (name: string, scope: AccountScope) => string): ResourceRule {
  return (input, { scope }) => {
    const name = textAt(input, member);
    return name === undefined ? [ANYTHING] : [told(toArn(name, scope))];
  };
}

/** Each that the list names; `otherwise` where there is none. */
export function eachNamed(
  member: string,
  toArn: (name: string, scope: AccountScope) => string,
  otherwise: ResourceRule = anything,
): ResourceRule {
  return (input, context) => {
    const names = textsAt(input, member);
    if (names.length === 0) return otherwise(input, context);
    return names.map((name) => told(toArn(name, context.scope)));
  };
}

/** Several rules at once. */
export function allOf(...rules: readonly ResourceRule[]): ResourceRule {
  return async (input, context) => {
    const asked: AskedResource[] = [];
    for (const rule of rules) asked.push(...(await rule(input, context)));
    return asked;
  };
}

export function valueAt(input: unknown, member: string): unknown {
  if (typeof input !== "object" || input === null) return undefined;
  return Object.getOwnPropertyDescriptor(input, member)?.value;
}

export function textAt(input: unknown, member: string): string | undefined {
  const value = valueAt(input, member);
  return typeof value === "string" && value.length <= NAME_MAX ? value : undefined;
}

/** Those of a list that are texts; none of a list that is longer than any may be. */
export function textsAt(input: unknown, member: string): readonly string[] {
  const value = valueAt(input, member);
  if (!Array.isArray(value) || value.length > NAMES_MAX) return [];
  return value.filter((one): one is string => typeof one === "string" && one.length <= NAME_MAX);
}
