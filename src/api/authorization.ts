/**
 * What is asked before an operation runs: may this principal do this action to each resource that the call names? The
 * dispatcher asks for every operation, before it validates the input; the authorizer decides, denied unless allowed.
 *
 * A refusal is the same whether or not there is such a resource, and names it as the caller did.
 */
import { WireError, type ContractOperation, type OperationName } from "../contract/index.ts";
import type { AccountScope } from "../domain/arn.ts";
import { hostedRepositoryName } from "../domain/hosted-url.ts";
import type { Principal } from "../domain/identity.ts";
import type { Authorizer, Question } from "../ports/authorizer.ts";
import type { Store } from "../ports/store.ts";
import { alarmRules } from "./authorization/alarm-rules.ts";
import { contextOf } from "./authorization/call-context.ts";
import { decidesItself, identityRules } from "./authorization/identity-rules.ts";
import { keyRules } from "./authorization/key-rules.ts";
import { logRules } from "./authorization/log-rules.ts";
import {
  ANYTHING,
  type AskedResource,
  type ResourceRule,
  textAt,
  told,
  valueAt,
} from "./authorization/resource-rule.ts";
import { tagsOfResource } from "./authorization/resource-tags.ts";
import { secretRules } from "./authorization/secret-rules.ts";
import { repositoryArn, serviceRules, wholeArn } from "./authorization/service-rules.ts";
import type { RequestHead } from "./sigv4/signed-request.ts";

export interface AskedCall {
  readonly operation: Pick<ContractOperation, "name" | "action">;
  /** Not validated. */
  readonly value: unknown;
  readonly caller: Principal;
  readonly head: Pick<RequestHead, "rawHeaders" | "sourceAddress">;
  readonly nowMs: number;
}

export interface AuthorizationContext {
  readonly authorizer: Authorizer;
  readonly store: Store;
  readonly scope: AccountScope;
}

/** One question without who asks and what the call tells. */
export interface Demand {
  readonly action: string;
  readonly resource: AskedResource;
}

const RULES: Readonly<Record<OperationName, ResourceRule>> = {
  ...serviceRules,
  ...secretRules,
  ...keyRules,
  ...logRules,
  ...alarmRules,
  ...identityRules,
};

/** Roles are passed to App Runner, whoever of it takes them. [AWS] */
const PASSED_TO: readonly [string, readonly string[]] = ["iam:passedtoservice", ["apprunner.amazonaws.com"]];
const PASS_ROLE = "iam:PassRole";
const PULL_REPOSITORY = "slipway:PullRepository";
const PARTIAL_ARNS: ReadonlySet<string> = new Set([
  "apprunner:autoscalingconfigurationarn",
  "apprunner:observabilityconfigurationarn",
  "apprunner:vpcconnectorarn",
]);

/** At least one; the operations that decide themselves name theirs too. */
export async function askedResources(
  { operation, value, caller }: Pick<AskedCall, "operation" | "value" | "caller">,
  { store, scope }: Pick<AuthorizationContext, "store" | "scope">,
): Promise<readonly AskedResource[]> {
  if (typeof value !== "object" || value === null) return [ANYTHING];
  return RULES[operation.name](value, { store, scope, caller });
}

/** Throws AccessDeniedException in AWS's words. */
export async function assertCallAllowed(
  call: AskedCall,
  resources: readonly AskedResource[],
  context: AuthorizationContext,
): Promise<void> {
  if (decidesItself(call.operation.name)) return;
  const conditions = await withWholeArns(conditionsOfCall(call, context), context.store);
  const asked = { principal: call.caller, conditions };
  for (const resource of resources) {
    await assertAllowed({ action: call.operation.action, resource }, asked, context);
  }
  for (const roleArn of passedRoles(call)) await assertMayPass(roleArn, asked, context);
  const repository = readRepository(call, context.scope);
  if (repository !== null) {
    await assertAllowed({ action: PULL_REPOSITORY, resource: repository }, asked, context);
  }
}

/** A service acts in the name of its roles: who gives it one must be allowed to. Throws AccessDeniedException in AWS's words. */
export async function assertMayPass(
  roleArn: string,
  asker: Asker,
  context: AuthorizationContext,
): Promise<void> {
  const passed = { ...asker, conditions: new Map([...asker.conditions, PASSED_TO]) };
  await assertAllowed({ action: PASS_ROLE, resource: told(roleArn) }, passed, context);
}

interface Asker {
  readonly principal: Principal;
  readonly conditions: Question["context"];
}

/** What a call may name in part is told to conditions in full: who is denied a connector is so by each of its names. */
async function withWholeArns(conditions: Question["context"], store: Store): Promise<Question["context"]> {
  const told = new Map(conditions);
  for (const [key, values] of conditions) {
    if (!PARTIAL_ARNS.has(key)) continue;
    told.set(key, await Promise.all(values.map((arn) => wholeArn(arn, store))));
  }
  return told;
}

/** Throws AccessDeniedException in AWS's words. */
export async function assertAllowed(
  { action, resource: { arn, told } }: Demand,
  { principal, conditions }: Asker,
  { authorizer, store, scope }: AuthorizationContext,
): Promise<void> {
  const question: Question = {
    principal,
    action,
    resource: arn,
    context: conditions,
    resourceTags: () => tagsOfResource(arn, { store, scope }),
  };
  const { isAllowed, reason } = await authorizer.decide(question);
  if (isAllowed) return;
  throw new WireError(
    "AccessDeniedException",
    `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${told} ${reason}`,
  );
}

/** The same authorizer for what a handler asks: conditions see the call there too. */
export function authorizerOfCall(call: AskedCall, context: AuthorizationContext): Authorizer {
  const { authorizer } = context;
  return {
    decide: (question) => {
      const ofCall = conditionsOfCall(call, context);
      return authorizer.decide({ ...question, context: new Map([...ofCall, ...question.context]) });
    },
    decideForRole: (roleArn, question) => authorizer.decideForRole(roleArn, question),
  };
}

export function conditionsOfCall(
  call: AskedCall,
  { scope }: Pick<AuthorizationContext, "scope">,
): Question["context"] {
  return contextOf({ ...call, region: scope.region });
}

/** With the credentials of an access role an image can be looked at as well as run. */
function passedRoles({ operation: { name }, value }: AskedCall): readonly string[] {
  const isLook = name === "InspectImage" || name === "InspectImageRepository";
  if (!isLook && name !== "CreateService" && name !== "UpdateService") return [];
  const authentication = valueAt(valueAt(value, "SourceConfiguration"), "AuthenticationConfiguration");
  const roles = [
    textAt(isLook ? value : authentication, "AccessRoleArn"),
    textAt(valueAt(value, "InstanceConfiguration"), "InstanceRoleArn"),
  ];
  return roles.filter((arn) => arn !== undefined).filter((arn) => arn.startsWith("arn:"));
}

/** What is built from a repository hosted here, or looks into it, shows what is in it. Null: the call names none. */
function readRepository(
  { operation: { name }, value }: AskedCall,
  scope: AccountScope,
): AskedResource | null {
  const source = valueAt(valueAt(value, "SourceConfiguration"), "CodeRepository");
  const place = name === "CreateService" || name === "UpdateService" ? source : value;
  const hosted = hostedRepositoryName(textAt(place, "RepositoryUrl") ?? "");
  return hosted === null ? null : told(repositoryArn(hosted, scope));
}
