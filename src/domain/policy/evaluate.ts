/** What policies say of a call: denied by one, allowed by one, or by none. */
import type { CompiledStatement, ImaginedCall } from "./compiled-policy.ts";
import type { ConditionContext } from "./pattern.ts";
import { namingOf, type TrustedCaller } from "./policy-principal.ts";

export type Verdict = "allowed" | "explicitDeny" | "implicitDeny";

export interface Call {
  /** In any case. */
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  readonly context: ConditionContext;
}

/** One that denies decides, whatever others allow. */
export function evaluate(statements: Iterable<CompiledStatement>, call: Call): Verdict {
  const action = call.action.toLowerCase();
  let verdict: Verdict = "implicitDeny";
  for (const statement of statements) {
    // What is allowed already needs no second one.
    if (statement.isAllow && verdict === "allowed") continue;
    if (!statement.covers(action) || !statement.concerns(call.resource, call.context)) continue;
    if (!statement.isAllow) return "explicitDeny";
    verdict = "allowed";
  }
  return verdict;
}

/**
 * Whether they allow the action to each resource that there may be. One that denies it to any, under whatever condition,
 * is enough for a no.
 */
export function evaluateForAll(
  statements: Iterable<CompiledStatement>,
  call: Omit<Call, "resource">,
): Verdict {
  const action = call.action.toLowerCase();
  let verdict: Verdict = "implicitDeny";
  for (const statement of statements) {
    if (!statement.covers(action)) continue;
    if (!statement.isAllow) return "explicitDeny";
    if (statement.isForAll && statement.concerns("*", call.context)) verdict = "allowed";
  }
  return verdict;
}

/** Whether a call could be allowed, whatever is still open of it: denied only where every such call would be. */
export function evaluateImagined(
  statements: Iterable<CompiledStatement>,
  { action, ...call }: ImaginedCall & Pick<Call, "action">,
): Verdict {
  const lowered = action.toLowerCase();
  let verdict: Verdict = "implicitDeny";
  for (const { isAllow, covers, wouldConcern } of statements) {
    if (isAllow && verdict === "allowed") continue;
    const match = covers(lowered) ? wouldConcern(call) : false;
    if (!isAllow && match === true) return "explicitDeny";
    if (isAllow && match !== false) verdict = "allowed";
  }
  return verdict;
}

/**
 * What a trust policy says of who wants to assume its role: "named" may; of "account" their own policies must allow it too.
 */
export function evaluateTrust(
  statements: Iterable<CompiledStatement>,
  call: Omit<Call, "resource"> & { readonly caller: TrustedCaller },
): "named" | "account" | "explicitDeny" | "implicitDeny" {
  const action = call.action.toLowerCase();
  let verdict: "named" | "account" | "implicitDeny" = "implicitDeny";
  for (const statement of statements) {
    const naming = namingOf(statement.principals, call.caller);
    if (naming === null || !statement.covers(action) || !statement.concerns("*", call.context)) continue;
    if (!statement.isAllow) return "explicitDeny";
    if (verdict !== "named") verdict = naming;
  }
  return verdict;
}
