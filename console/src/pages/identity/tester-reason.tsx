/** Why it is allowed or not: the statement that decided, in the text of its policy. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { JsonEditor } from "../../parts/json-editor.tsx";
import { testerTexts as texts } from "../../texts.ts";
import { allowingStatements, type MarkedPolicy, markedPolicy } from "./marked-policy.ts";
import type { Principal } from "./principal.ts";
import { readPolicies, type SourcePolicy } from "./source-policies.ts";
import type { Evaluation } from "./tester-matrix.tsx";

export interface TesterReasonProps {
  readonly principal: string;
  readonly draft: string;
  readonly evaluation: Evaluation;
}

interface Decider extends MarkedPolicy {
  readonly policy: SourcePolicy;
}

export function TesterReason({ principal, draft, evaluation }: TesterReasonProps) {
  const owner = principalOf(principal);
  const policies = useQuery({
    queryKey: ["policies of", principal],
    queryFn: ({ signal }) => readPolicies(owner, signal),
  });
  const known = [...(policies.data ?? []), ...draftPolicy(draft)];
  const deciders = decidersOf(evaluation, known);
  const { EvalActionName, EvalResourceName = "*", EvalDecision, MissingContextValues = [] } = evaluation;
  const isAllowed = EvalDecision === "allowed";
  return (
    <SpaceBetween size="m">
      <Alert
        type={isAllowed ? "success" : "error"}
        header={`${texts.decisions[EvalDecision]}: ${texts.why(EvalActionName, EvalResourceName)}`}
      >
        {sentence(evaluation, deciders, owner.name)}{" "}
        {MissingContextValues.length > 0 ? texts.missing(MissingContextValues.join(", ")) : null}
      </Alert>
      {EvalDecision === "implicitDeny" ? <Nearly action={EvalActionName} policies={known} /> : null}
      {deciders.map(({ policy, text, name, lines }) => (
        <JsonEditor
          key={`${policy.type}/${policy.name}/${name}`}
          label={texts.policyText(policyName(policy))}
          description={texts.statement(name, policyName(policy))}
          value={text}
          marks={lines ? [{ ...lines, tone: isAllowed ? "good" : "bad" }] : []}
        />
      ))}
    </SpaceBetween>
  );
}

function Nearly({
  action,
  policies,
}: {
  readonly action: string;
  readonly policies: readonly SourcePolicy[];
}) {
  const names = policies.flatMap((policy) =>
    allowingStatements(policy.document, action).map((name) => texts.statement(name, policyName(policy))),
  );
  if (names.length === 0) return null;
  return (
    <Box>
      {texts.nearly} {names.join(", ")}.
    </Box>
  );
}

function sentence({ EvalDecision }: Evaluation, deciders: readonly Decider[], owner: string): string {
  const names = deciders.map(({ name, policy }) => texts.statement(name, policyName(policy))).join(", ");
  if (EvalDecision === "implicitDeny") return texts.allowedByNone(owner);
  return EvalDecision === "allowed" ? texts.allowedBy(names) : texts.deniedBy(names);
}

function decidersOf(
  { MatchedStatements = [] }: Evaluation,
  policies: readonly SourcePolicy[],
): readonly Decider[] {
  return MatchedStatements.flatMap(({ SourcePolicyId, SourcePolicyType, StartPosition }) => {
    const policy = policies.find(({ name, type }) => name === SourcePolicyId && type === SourcePolicyType);
    if (policy === undefined) return [];
    const { Line: line = 1, Column: column = 1 } = StartPosition ?? {};
    return [{ ...markedPolicy(policy.document, { line, column }), policy }];
  });
}

function policyName({ name, type }: SourcePolicy): string {
  if (type === "none") return texts.policyTypes.draft;
  const { inline, managed } = texts.policyTypes;
  return type === "user" || type === "role" ? inline(name) : managed(name);
}

/** As the simulation names it. */
function draftPolicy(draft: string): readonly SourcePolicy[] {
  return draft.trim() === "" ? [] : [{ name: "PolicyInputList.1", type: "none", document: draft }];
}

export function principalOf(arn: string): Principal {
  return { kind: arn.includes(":role/") ? "role" : "user", name: arn.slice(arn.lastIndexOf("/") + 1) };
}
