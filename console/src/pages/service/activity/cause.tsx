/** Why an operation failed: in plain words, with the last lines that were written, and what to do. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { activity as texts } from "../../../texts.ts";
import type { Operation } from "../phases.ts";
import "./cause.css";

export function Cause({ cause }: { readonly cause: NonNullable<Operation["Cause"]> }) {
  const { Class: kind, Message: message, Phase: phase, LogLines: lines } = cause;
  const words = texts.causes[kind as keyof typeof texts.causes] ?? texts.unknownCause;
  return (
    <Alert type={kind === "cancelled" ? "info" : "error"} header={words.title}>
      <SpaceBetween size="s">
        <div>{message}</div>
        <div>
          <Box variant="strong">{texts.whatNow}: </Box>
          {words.advice}
        </div>
        {lines.length === 0 ? null : (
          <div>
            <Box variant="strong">{phase === "build" ? texts.lastBuildLines : texts.lastLines}</Box>
            {/* Can be scrolled, so a keyboard must get there. */}
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
            <pre className="last-lines" tabIndex={0} aria-label={texts.lastLines}>
              {lines.join("\n")}
            </pre>
          </div>
        )}
      </SpaceBetween>
    </Alert>
  );
}
