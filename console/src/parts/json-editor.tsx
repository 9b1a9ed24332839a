/**
 * A text field for JSON: numbered lines, the line with the mistake marked, nothing that would need more than the policy of
 * what may be loaded allows. `readOnly` it shows a text, and which lines of it count.
 */
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import { type ReactNode, useId } from "react";
import { jsonTexts } from "../texts.ts";
import "./json-editor.css";
import { type JsonProblem, syntaxProblem } from "./json-problem.ts";

export interface MarkedLines {
  /** From 1. */
  readonly from: number;
  readonly to: number;
  readonly tone: "good" | "bad";
}

export interface JsonEditorProps {
  readonly label: string;
  readonly description?: ReactNode;
  readonly constraint?: ReactNode;
  readonly value: string;
  /** Absent: it is shown, not edited. */
  readonly onChange?: (value: string) => void;
  /** What the API says; while the text is no JSON, that is said instead. */
  readonly problem?: JsonProblem | null;
  readonly marks?: readonly MarkedLines[];
  readonly minLines?: number;
}

const LINE_PX = 20;
const PADDING_PX = 8;
const NO_MARKS: readonly MarkedLines[] = [];

export function JsonEditor(props: JsonEditorProps) {
  const { label, description, constraint, value, onChange, marks = NO_MARKS, minLines = 8 } = props;
  const id = useId();
  const isReadOnly = onChange === undefined;
  const problem = isReadOnly ? null : (syntaxProblem(value) ?? props.problem ?? null);
  const lineCount = Math.max(value.split("\n").length, isReadOnly ? 1 : minLines);
  const shown = problem?.line ? [{ from: problem.line, to: problem.line, tone: "bad" as const }] : marks;
  return (
    <FormField
      label={label}
      description={description}
      constraintText={constraint}
      controlId={id}
      stretch
      errorText={
        problem && (problem.line ? jsonTexts.atLine(problem.line, problem.message) : problem.message)
      }
      secondaryControl={isReadOnly ? undefined : <FormatButton value={value} onChange={onChange} />}
    >
      <div className="json-editor">
        <Numbers count={lineCount} marks={shown} />
        <div className="json-editor-text">
          {shown.map(({ from, to, tone }) => (
            <div
              key={`${from}-${to}`}
              className="json-editor-mark"
              data-tone={tone}
              style={{ top: PADDING_PX + (from - 1) * LINE_PX, height: (to - from + 1) * LINE_PX }}
            />
          ))}
          <textarea
            id={id}
            value={value}
            readOnly={isReadOnly}
            rows={lineCount}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={problem !== null}
            onChange={(event) => onChange?.(event.target.value)}
          />
        </div>
      </div>
    </FormField>
  );
}

function FormatButton({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  const canFormat = value.trim() !== "" && syntaxProblem(value) === null;
  return (
    <Button formAction="none" disabled={!canFormat} onClick={() => onChange(formatJson(value))}>
      {jsonTexts.format}
    </Button>
  );
}

/** A text that is no JSON comes back as it is. */
export function formatJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Numbers({ count, marks }: { readonly count: number; readonly marks: readonly MarkedLines[] }) {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return (
    <div className="json-editor-numbers" aria-hidden>
      {numbers.map((number) => (
        <div key={number} data-tone={marks.find(({ from, to }) => from <= number && number <= to)?.tone}>
          {number}
        </div>
      ))}
    </div>
  );
}
