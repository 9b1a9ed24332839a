/** One operation in full: its steps, what made it, what came of it. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { editHref } from "../../../parts/arn.ts";
import { CopyText } from "../../../parts/copy-text.tsx";
import { durationText } from "../../../parts/duration.ts";
import { Moment } from "../../../parts/moment.tsx";
import { useNow } from "../../../parts/now.ts";
import { activity as texts, service as serviceTexts, tryHealthCheck } from "../../../texts.ts";
import { shortCommit } from "../made-from.ts";
import { logHref } from "../operation-progress.tsx";
import { durationMsOf, type Operation, stepsOf } from "../phases.ts";
import { StepLine } from "../step-line.tsx";
import { Cause } from "./cause.tsx";

const { facts: words } = texts;
const SECOND_MS = 1_000;

export interface OperationDetailsProps {
  readonly operation: Operation;
  readonly serviceId: string;
}

export function OperationDetails({ operation, serviceId }: OperationDetailsProps) {
  const nowMs = useNow(operation.EndedAt === undefined ? SECOND_MS : Number.MAX_SAFE_INTEGER);
  const steps = stepsOf(operation, nowMs);
  const { Commit: commit, Cause: cause, ReleaseNumber: number } = operation;
  return (
    <SpaceBetween size="m">
      {steps.length === 0 ? null : <StepLine steps={steps} />}
      {cause === undefined ? null : <Cause cause={cause} />}
      <KeyValuePairs
        columns={4}
        items={[
          { label: words.started, value: <Moment seconds={operation.StartedAt} /> },
          { label: words.took, value: durationText(durationMsOf(operation, nowMs)) },
          { label: words.trigger, value: triggerText(operation) },
          {
            label: words.release,
            value: number === undefined ? "–" : serviceTexts.facts.releaseLine(number),
          },
          ...(commit === undefined
            ? []
            : [{ label: words.commit, value: `${shortCommit(commit.Id)} ${commit.Message}` }]),
          {
            label: words.id,
            value: (
              <span className="operation-id">
                <CopyText text={operation.Id} label={words.id} isIcon />
                <Box variant="span" fontSize="body-s">
                  {operation.Id}
                </Box>
              </span>
            ),
          },
        ]}
      />
      <SpaceBetween direction="horizontal" size="xs">
        <Button href={logHref(serviceId, operation.Id)} iconName="file-open">
          {texts.log}
        </Button>
        {isAboutHealth(operation) ? (
          <Button href={editHref(serviceId, "health")}>{tryHealthCheck.lead}</Button>
        ) : null}
      </SpaceBetween>
    </SpaceBetween>
  );
}

const HEALTH_CAUSES: ReadonlySet<string> = new Set(["port-not-listening", "health-status", "deadline"]);

/** A new service's check has never been looked at, and one that ended a deployment should be. */
function isAboutHealth({ Type: type, Status: status, Cause: cause }: Operation): boolean {
  if (cause === undefined) return type === "CREATE_SERVICE" && status === "SUCCEEDED";
  const { Phase: phase, Class: kind } = cause;
  return status === "ROLLBACK_SUCCEEDED" && phase === "health-check" && HEALTH_CAUSES.has(kind);
}

function triggerText({ Trigger: trigger }: Operation): string {
  return trigger === undefined ? texts.byHand : texts.triggers[trigger.By];
}
