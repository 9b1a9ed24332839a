/** What the policy tester is asked, and what it tells besides. */
import type { Input } from "../../api/wire.ts";

export interface ContextRow {
  readonly key: string;
  readonly value: string;
}

export interface TesterQuestion {
  /** ARN of a user or role; empty: not chosen yet. */
  readonly principal: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly context: readonly ContextRow[];
  /** A policy that counts as well; empty: none. */
  readonly draft: string;
}

type Simulation = Input<"AWSIdentityManagementV20100508.SimulatePrincipalPolicy">;

/** What every call tells, as far as it follows from who asks. */
export function ownContext(principal: string, now: Date): readonly ContextRow[] {
  const name = principal.slice(principal.lastIndexOf("/") + 1);
  const isUser = principal.includes(":user/");
  return [
    { key: "aws:PrincipalArn", value: principal },
    ...(isUser ? [{ key: "aws:username", value: name }] : []),
    { key: "aws:CurrentTime", value: now.toISOString() },
    { key: "aws:SecureTransport", value: "false" },
  ];
}

export interface TesterFormProps {
  readonly question: TesterQuestion;
  readonly onChange: (question: TesterQuestion) => void;
  readonly now: Date;
}

/** Null: something is missing. What is written counts instead of what is told by itself. */
export function toSimulation(question: TesterQuestion, now: Date): Simulation | null {
  const { principal, actions, resources, context, draft } = question;
  if (principal === "" || actions.length === 0) return null;
  const written = context.filter(({ key, value }) => key.trim() !== "" && value.trim() !== "");
  const keys = new Set(written.map(({ key }) => key.trim().toLowerCase()));
  const told = ownContext(principal, now).filter(({ key }) => !keys.has(key.toLowerCase()));
  return {
    PolicySourceArn: principal,
    ActionNames: actions,
    ResourceArns: resources.length === 0 ? ["*"] : resources,
    ContextEntries: [...told, ...written].map(({ key, value }) => ({
      ContextKeyName: key.trim(),
      ContextKeyValues: value.split(",").map((one) => one.trim()),
      ContextKeyType: "string",
    })),
    ...(draft.trim() !== "" && { PolicyInputList: [draft] }),
  };
}
