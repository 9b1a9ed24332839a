/** What policies would say of calls: the same evaluation that decides real ones. */
import type { IdentityType } from "../../../contract/index.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { type CompiledStatement, compilePolicy } from "../../../domain/policy/compiled-policy.ts";
import { evaluate, type Verdict } from "../../../domain/policy/evaluate.ts";
import { type StatementPosition, statementPositions } from "../../../domain/policy/statement-positions.ts";
import type { ConditionContext } from "../../../domain/policy/pattern.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { pageOf } from "../../paging.ts";
import { assertPolicy, type Identity, notFound } from "../../resources/identity.ts";
import { defaultDocument, isBuiltin, lookUpPolicy } from "../../resources/managed-policy.ts";
import { readIamPage } from "./paging.ts";

const CALLS_MAX = 2000;
const POLICIES_MAX = 50;
/** Of policies that are given with the call, all together: ten managed ones. */
const CHARACTERS_MAX = 65_536;
/** Characters of policies times characters of resources that one page may cost: some tenths of a second at worst. */
const PAGE_WORK_MAX = 100_000_000;
/** Of those that decide one call: a page has many, and a policy may say the same a thousand times. */
const MATCHED_MAX = 20;

interface SimulatedPolicy {
  readonly id: string;
  /** As IAM calls the place it comes from. */
  readonly type: string;
  readonly document: string;
  readonly statements: readonly CompiledStatement[];
  readonly positions: readonly StatementPosition[];
}

type Simulation =
  | IdentityType<"IamSimulateCustomPolicyInput">
  | IdentityType<"IamSimulatePrincipalPolicyInput">;

export const simulateCustomPolicy: Handler<"AWSIdentityManagementV20100508.SimulateCustomPolicy"> = async (
  input,
  context,
) => {
  refuseWhatIsTooMuch(input);
  const policies = inputPolicies(input.PolicyInputList);
  return simulate(
    policies,
    { operation: "AWSIdentityManagementV20100508.SimulateCustomPolicy", input },
    context,
  );
};

export const simulatePrincipalPolicy: Handler<
  "AWSIdentityManagementV20100508.SimulatePrincipalPolicy"
> = async (input, context) => {
  refuseWhatIsTooMuch(input);
  const policies = [
    ...(await policiesOf(input.PolicySourceArn, context)),
    ...inputPolicies(input.PolicyInputList ?? []),
  ];
  return simulate(
    policies,
    { operation: "AWSIdentityManagementV20100508.SimulatePrincipalPolicy", input },
    context,
  );
};

interface SimulationCall {
  readonly operation:
    | "AWSIdentityManagementV20100508.SimulateCustomPolicy"
    | "AWSIdentityManagementV20100508.SimulatePrincipalPolicy";
  readonly input: Simulation;
}

async function simulate(
  policies: readonly SimulatedPolicy[],
  { operation, input }: SimulationCall,
  context: HandlerContext,
): Promise<IdentityType<"IamSimulationOutput">> {
  refuseWhatIsNotSimulated(input);
  const given = contextOf(input.ContextEntries ?? []);
  const calls = input.ActionNames.flatMap((action) =>
    (input.ResourceArns ?? ["*"]).map((resource) => ({ action, resource, context: given })),
  );
  const indexes = [...calls.keys()];
  const { rows, cut } = await readIamPage({ operation, input }, context, ({ after, limit }) =>
    pageOf(indexes, String)({ after, limit: Math.min(limit, callsOfPage(policies, input)) }),
  );
  const results = rows.flatMap((index) => calls[index] ?? []).map((call) => evaluationOf(policies, call));
  return { EvaluationResults: results, ...cut };
}

/** At least one; whoever asks for more is told that there is more. */
function callsOfPage(policies: readonly SimulatedPolicy[], { ResourceArns = ["*"] }: Simulation): number {
  const characters = policies.reduce((sum, { document }) => sum + document.length, 0);
  const longest = Math.max(...ResourceArns.map(({ length }) => length));
  return Math.max(1, Math.floor(PAGE_WORK_MAX / Math.max(1, characters * longest)));
}

/** What is asked for is multiplied: a small body could keep a core busy. */
function refuseWhatIsTooMuch({ ActionNames, ResourceArns = [], PolicyInputList = [] }: Simulation): void {
  const calls = ActionNames.length * Math.max(1, ResourceArns.length);
  if (calls > CALLS_MAX) {
    const problem = `times ResourceArns are ${calls} calls; simulate at most ${CALLS_MAX} at once`;
    throw new SlipwayError("InvalidIdentityInput", { path: "ActionNames", problem });
  }
  if (PolicyInputList.length > POLICIES_MAX) {
    const problem = `holds ${PolicyInputList.length} policies; it must hold at most ${POLICIES_MAX}`;
    throw new SlipwayError("InvalidIdentityInput", { path: "PolicyInputList", problem });
  }
  const characters = PolicyInputList.reduce((sum, { length }) => sum + length, 0);
  if (characters > CHARACTERS_MAX) {
    const problem = `holds ${characters} characters; it must hold at most ${CHARACTERS_MAX} together`;
    throw new SlipwayError("InvalidIdentityInput", { path: "PolicyInputList", problem });
  }
}

function refuseWhatIsNotSimulated(input: Simulation): void {
  const problem = "is not simulated here: only the policies of identities are";
  for (const path of [
    "ResourcePolicy",
    "PermissionsBoundaryPolicyInputList",
    "ResourceHandlingOption",
  ] as const) {
    if (input[path] !== undefined) throw new SlipwayError("InvalidIdentityInput", { path, problem });
  }
}

interface SimulatedCall {
  readonly action: string;
  readonly resource: string;
  readonly context: ConditionContext;
}

function evaluationOf(
  policies: readonly SimulatedPolicy[],
  call: SimulatedCall,
): IdentityType<"IamEvaluation"> {
  const verdict = evaluate(
    policies.flatMap(({ statements }) => statements),
    call,
  );
  return {
    EvalActionName: call.action,
    EvalResourceName: call.resource,
    EvalDecision: verdict,
    MatchedStatements: matched(policies, call, verdict),
    MissingContextValues: missingKeys(policies, call),
  };
}

/** The first of them. */
function matched(policies: readonly SimulatedPolicy[], call: SimulatedCall, verdict: Verdict) {
  const found: IdentityType<"IamMatchedStatement">[] = [];
  if (verdict === "implicitDeny") return found;
  for (const { id, type, statements, positions } of policies) {
    for (const [index, statement] of statements.entries()) {
      if (found.length === MATCHED_MAX) return found;
      if (evaluate([statement], call) !== verdict) continue;
      found.push({ SourcePolicyId: id, SourcePolicyType: type, ...positionToWire(positions[index]) });
    }
  }
  return found;
}

function positionToWire(position: StatementPosition | undefined) {
  if (position === undefined) return {};
  const { start, end } = position;
  return {
    StartPosition: { Line: start.line, Column: start.column },
    EndPosition: { Line: end.line, Column: end.column },
  };
}

function missingKeys(
  policies: readonly SimulatedPolicy[],
  { action, context }: SimulatedCall,
): readonly string[] {
  const keys = policies
    .flatMap(({ statements }) => statements)
    .filter(({ covers }) => covers(action.toLowerCase()))
    .flatMap((statement) => statement.keys);
  return [...new Set(keys)].filter((key) => !context.has(key)).toSorted();
}

function contextOf(entries: readonly IdentityType<"IamContextEntry">[]): ConditionContext {
  return new Map(
    entries.map(({ ContextKeyName = "", ContextKeyValues = [] }) => [
      ContextKeyName.toLowerCase(),
      ContextKeyValues,
    ]),
  );
}

function inputPolicies(documents: readonly string[]): readonly SimulatedPolicy[] {
  return documents.map((document, index) => policyFrom(`PolicyInputList.${index + 1}`, "none", document));
}

/** Of a user or a role: its own and those attached to it. */
async function policiesOf(arn: string, { store }: HandlerContext): Promise<readonly SimulatedPolicy[]> {
  const kind = arn.includes(":role/") ? "role" : "user";
  const identity: Identity | null = (await store.users.get(arn)) ?? (await store.roles.get(arn));
  if (identity === null) return notFound(`The ${kind} ${arn}`);
  const own = Object.entries(identity.inlinePolicies).map(([id, document]) => policyFrom(id, kind, document));
  const attached = await Promise.all(
    identity.attachedPolicyArns.map(async (policyArn) => {
      const policy = await lookUpPolicy(policyArn, store);
      const type = isBuiltin(policyArn) ? "aws-managed" : "user-managed";
      return policy === null ? [] : [policyFrom(policy.name, type, defaultDocument(policy))];
    }),
  );
  return [...own, ...attached.flat()];
}

function policyFrom(id: string, type: string, document: string): SimulatedPolicy {
  assertPolicy(document);
  const statements = compilePolicy(document, "identity");
  return { id, type, document, statements, positions: statementPositions(document) };
}
