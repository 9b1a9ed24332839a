/** The last operations in a line each, and why those failed that did. */
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { durationText } from "../../../parts/duration.ts";
import { Moment } from "../../../parts/moment.tsx";
import { useNow } from "../../../parts/now.ts";
import { activity as activityTexts, why as texts } from "../../../texts.ts";
import { Cause } from "../activity/cause.tsx";
import { OperationStatus } from "../operation-status.tsx";
import { durationMsOf, type Operation } from "../phases.ts";

export interface LastOperationsProps {
  readonly operations: readonly Operation[];
  readonly serviceId: string;
}

export function LastOperations({ operations, serviceId }: LastOperationsProps) {
  const nowMs = useNow();
  if (operations.length === 0) return <Box color="text-body-secondary">{texts.operationsNone}</Box>;
  return (
    <SpaceBetween size="s">
      {operations.map((operation) => (
        <div key={operation.Id}>
          <span className="operation">
            <Link href={`#/services/${serviceId}/activity?operation=${operation.Id}`}>
              <b>{titleOf(operation)}</b>
            </Link>
            <OperationStatus status={operation.Status} cause={operation.Cause} />
            <Box variant="span" color="text-body-secondary">
              <Moment seconds={operation.StartedAt} />,{" "}
              {activityTexts.took(durationText(durationMsOf(operation, nowMs)))}
            </Box>
          </span>
          {operation.Cause === undefined ? null : <Cause cause={operation.Cause} />}
        </div>
      ))}
    </SpaceBetween>
  );
}

function titleOf({ Type: type, FromReleaseNumber: from }: Operation): string {
  return from === undefined ? activityTexts.types[type] : activityTexts.rollback(from);
}
