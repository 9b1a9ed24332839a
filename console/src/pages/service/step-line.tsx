/** The steps of an operation as a line of beads: done, at it, to come, failed, cancelled; each with its time. */
import { durationText, runningText } from "../../parts/duration.ts";
import { activity as texts } from "../../texts.ts";
import { type OperationStep, phaseText } from "./phases.ts";
import "./step-line.css";

const { steps: words } = texts;

export function StepLine({ steps }: { readonly steps: readonly OperationStep[] }) {
  return (
    <ol className="steps" aria-label={words.label}>
      {steps.map((step) => (
        <li
          key={step.key}
          className={`step step-${step.state}`}
          aria-current={step.state === "now" ? "step" : undefined}
        >
          <span className="step-bead" aria-hidden>
            <Mark state={step.state} />
          </span>
          <span className="step-name">{phaseText(step.phase)}</span>
          <span className="step-time">
            {timeOf(step)}
            <span className="heard-only"> {words[step.state]}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function timeOf({ state, durationMs }: OperationStep): string {
  if (durationMs === null) return "";
  return state === "now" ? runningText(durationMs) : durationText(durationMs);
}

function Mark({ state }: Pick<OperationStep, "state">) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16">
      {state === "done" ? <path className="step-mark" d="M4 8.5 7 11.5 12 5" /> : null}
      {state === "failed" || state === "cancelled" ? (
        <path className="step-mark" d="M5 5 11 11M11 5 5 11" />
      ) : null}
      {state === "now" ? <circle className="step-pulse" cx="8" cy="8" r="3" /> : null}
    </svg>
  );
}
