/** How a service stands: an icon, a colour and a word; while an operation runs, which one. */
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { ServiceStatus as Status, OperationType } from "../../../src/contract/index.ts";
import { shared } from "../texts.ts";

const LOOKS = {
  RUNNING: "success",
  OPERATION_IN_PROGRESS: "in-progress",
  PAUSED: "stopped",
  CREATE_FAILED: "error",
  DELETE_FAILED: "error",
  DELETED: "stopped",
} as const satisfies Record<Status, StatusIndicatorProps.Type>;

export interface ServiceStatusProps {
  readonly status: Status;
  /** Of the operation that runs, where it is known. */
  readonly operationType?: OperationType | undefined;
}

export function ServiceStatus(props: ServiceStatusProps) {
  return <StatusIndicator type={LOOKS[props.status]}>{serviceStatusText(props)}</StatusIndicator>;
}

/** The word alone, for filters and sentences. */
export function serviceStatusText({ status, operationType }: ServiceStatusProps): string {
  return status === "OPERATION_IN_PROGRESS" && operationType !== undefined
    ? shared.operationInProgress[operationType]
    : shared.serviceStatus[status];
}
