/** A policy as text, with a helper that adds statements, what its actions do, and the API's refusal at the line it names. */
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ApiError } from "../../api/call.ts";
import { JsonEditor } from "../../parts/json-editor.tsx";
import { policyProblem, syntaxProblem } from "../../parts/json-problem.ts";
import { identityTexts } from "../../texts.ts";
import { PolicyActions } from "./policy-actions.tsx";
import { StatementHelper } from "./statement-helper.tsx";

export interface PolicyEditorProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Of the last attempt to save it. */
  readonly error: ApiError | null;
}

export const NEW_POLICY = "";

export function PolicyEditor({ value, onChange, error }: PolicyEditorProps) {
  return (
    <SpaceBetween size="m">
      <StatementHelper policy={value} onChange={onChange} />
      <JsonEditor
        label={identityTexts.policies.document}
        value={value}
        onChange={onChange}
        problem={error && isAboutPolicy(error) ? policyProblem(error.message, value) : null}
        minLines={14}
      />
      <PolicyActions policy={value} />
    </SpaceBetween>
  );
}

/** What the editor does not show itself. */
export function otherProblem(error: ApiError | null): string {
  return error === null || isAboutPolicy(error) ? "" : error.message;
}

export function isPolicyReady(value: string): boolean {
  return value.trim() !== "" && syntaxProblem(value) === null;
}

function isAboutPolicy({ code }: ApiError): boolean {
  return code.startsWith("MalformedPolicyDocument");
}
