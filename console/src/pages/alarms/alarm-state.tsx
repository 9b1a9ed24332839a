import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { alarms as texts } from "../../texts.ts";
import type { AlarmState } from "./alarm-data.ts";

const TYPES: Readonly<Record<AlarmState, StatusIndicatorProps.Type>> = {
  OK: "success",
  ALARM: "error",
  INSUFFICIENT_DATA: "pending",
};

export function AlarmStateIndicator({
  state = "INSUFFICIENT_DATA",
}: {
  readonly state?: AlarmState | undefined;
}) {
  return <StatusIndicator type={TYPES[state]}>{texts.states[state]}</StatusIndicator>;
}
