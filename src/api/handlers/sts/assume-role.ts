import { type IdentityType, WireError } from "../../../contract/index.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { Principal, Role } from "../../../domain/identity.ts";
import { assumedRoleArn } from "../../../domain/identity-arn.ts";
import { compilePolicy } from "../../../domain/policy/compiled-policy.ts";
import { evaluateTrust } from "../../../domain/policy/evaluate.ts";
import { policySizeMax } from "../../../domain/policy/policy-document.ts";
import type { TrustedCaller } from "../../../domain/policy/policy-principal.ts";
import { principalFacts, tagFacts } from "../../../domain/principal-facts.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { assertPolicy } from "../../resources/identity.ts";
import { credentialsToWire, refused } from "./session-token.ts";

type Input = IdentityType<"StsAssumeRoleInput">;

const ACTION = "sts:AssumeRole";
const SESSION_SECONDS = 3600;
/** IAM's limit for a session that was made from another role's. */
const CHAINED_SECONDS_MAX = 3600;

/**
 * The role's trust policy decides. Whom it names may; whom it trusts as one of the account needs a policy of their own that
 * allows it. The dispatcher has not asked.
 */
export const assumeRole: Handler<"AWSSecurityTokenServiceV20110615.AssumeRole"> = async (
  input,
  context,
  caller,
) => {
  refuseWhatIsNotThere(input);
  const role = await context.store.roles.get(input.RoleArn);
  // Whether there is such a role is not told to who may not assume it.
  if (role === null || !(await mayAssume(role, { input, caller, context })))
    throw denied(caller, input.RoleArn);
  const { Policy: sessionPolicy, RoleSessionName: sessionName } = input;
  if (sessionPolicy !== undefined) assertSessionPolicy(sessionPolicy);
  const issued = context.issuer.issueForRole(role, {
    sessionName,
    durationSeconds: durationOf(input, role, caller),
    ...(sessionPolicy !== undefined && { sessionPolicy }),
  });
  return {
    Credentials: credentialsToWire(issued),
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${sessionName}`, Arn: assumedRoleArn(role, sessionName) },
  };
};

interface Wish {
  readonly input: Input;
  readonly caller: Principal;
  readonly context: HandlerContext;
}

async function mayAssume(role: Role, { input, caller, context }: Wish): Promise<boolean> {
  const conditions = await conditionsOf(role, { input, caller, context });
  const trust = evaluateTrust(compilePolicy(role.trustPolicy, "trust"), {
    action: ACTION,
    context: conditions,
    caller: trusted(caller, context.scope.account),
  });
  if (trust !== "named" && trust !== "account") return false;
  const question = { principal: caller, action: ACTION, resource: role.arn, context: conditions };
  const decision = await context.authorizer.decide(question);
  if (decision.isAllowed) return true;
  // Whom the role names need not be allowed, but must not be denied. A session that was narrowed stays so.
  const isNarrowed = caller.kind === "role" && caller.sessionPolicy !== undefined;
  return trust === "named" && !isNarrowed && !decision.reason.startsWith("with an explicit deny");
}

/** All that a trust policy may ask: what were left out would count as absent, which some conditions allow. */
async function conditionsOf(
  role: Role,
  { input, caller, context }: Wish,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { store, scope } = context;
  const callerArn = caller.kind === "role" ? caller.roleArn : caller.arn;
  return new Map<string, readonly string[]>([
    ...context.conditions(),
    ...principalFacts(caller, scope.account),
    ...tagFacts("aws:principaltag/", await store.tags.list(callerArn)),
    ...tagFacts("aws:resourcetag/", await store.tags.list(role.arn)),
    ["sts:rolesessionname", [input.RoleSessionName]],
    ...(input.ExternalId === undefined ? [] : [["sts:externalid", [input.ExternalId]] as const]),
  ]);
}

function trusted(caller: Principal, account: string): TrustedCaller {
  const arns = caller.kind === "role" ? [caller.arn, caller.roleArn] : [caller.arn];
  return { type: "AWS", account, arns };
}

function durationOf({ DurationSeconds = SESSION_SECONDS }: Input, role: Role, caller: Principal): number {
  const isChained = caller.kind === "role";
  const longest = isChained ? CHAINED_SECONDS_MAX : role.maxSessionSeconds;
  if (DurationSeconds <= longest) return DurationSeconds;
  throw refused(
    "DurationSeconds",
    isChained
      ? `a session that a role's session asks for lasts at most ${longest} seconds`
      : "The requested DurationSeconds exceeds the MaxSessionDuration set for this role",
  );
}

function assertSessionPolicy(policy: string): void {
  assertPolicy(policy);
  const limit = policySizeMax.session;
  // White space counts too: the session token carries it.
  if (policy.length > limit) throw new SlipwayError("SessionPolicyTooLarge", { limit });
}

/** What would have an effect on AWS and has none here is refused, not overlooked. */
function refuseWhatIsNotThere(input: Input): void {
  const absent = {
    PolicyArns: "managed policies do not narrow sessions here; give Policy",
    Tags: "there are no tags of sessions here",
    TransitiveTagKeys: "there are no tags of sessions here",
    SerialNumber: "there is no second factor here",
    TokenCode: "there is no second factor here",
    SourceIdentity: "there are no source identities here",
    ProvidedContexts: "there are no provided contexts here",
  } as const satisfies Partial<Record<keyof Input, string>>;
  for (const [member, problem] of Object.entries(absent)) {
    const given = input[member as keyof typeof absent];
    if (given !== undefined && given.length > 0) throw refused(member, problem);
  }
}

function denied({ arn }: Principal, roleArn: string): WireError {
  return new WireError(
    "AccessDeniedException",
    `User: ${arn} is not authorized to perform: ${ACTION} on resource: ${roleArn}`,
  );
}
