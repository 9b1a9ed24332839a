/** How an operation stands: an icon, a colour and words. */
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { activity as texts } from "../../texts.ts";
import { isCancelled, type Operation } from "./phases.ts";

const LOOKS = {
  PENDING: "pending",
  IN_PROGRESS: "in-progress",
  SUCCEEDED: "success",
  FAILED: "error",
  ROLLBACK_IN_PROGRESS: "warning",
  ROLLBACK_SUCCEEDED: "error",
  ROLLBACK_FAILED: "error",
} as const satisfies Record<Operation["Status"], StatusIndicatorProps.Type>;

export interface OperationStatusProps {
  readonly status: Operation["Status"];
  /** Absent: it has none, or it is not known yet. */
  readonly cause: Operation["Cause"];
}

/** What somebody gave up has not failed. */
export function OperationStatus({ status, cause }: OperationStatusProps) {
  if (status in texts.cancelled && isCancelled({ Cause: cause })) {
    const text = texts.cancelled[status as keyof typeof texts.cancelled];
    return <StatusIndicator type="stopped">{text}</StatusIndicator>;
  }
  return <StatusIndicator type={LOOKS[status]}>{texts.statuses[status]}</StatusIndicator>;
}
