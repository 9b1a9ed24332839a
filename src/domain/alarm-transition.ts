/** What follows when an alarm's state was found: the record, its history, and the event for whom its actions name. */
import type { Alarm, AlarmHistoryItem, AlarmState } from "./alarm.ts";
import type { EventSeverity, NewEvent } from "./event.ts";
import { measuredMetric } from "./metric-reading.ts";

export interface FoundState {
  readonly state: AlarmState;
  readonly reason: string;
  /** JSON. */
  readonly reasonData: string | null;
  readonly atMs: number;
}

export interface AlarmChange {
  readonly alarm: Alarm;
  readonly history: readonly AlarmHistoryItem[];
  /** Null when the state is what it was. */
  readonly event: NewEvent | null;
}

/** Of each alarm. */
export const HISTORY_KEPT = 500;

const severities: Readonly<Record<AlarmState, EventSeverity>> = {
  ALARM: "ERROR",
  INSUFFICIENT_DATA: "WARN",
  OK: "INFO",
};

export function changeState(before: Alarm, found: FoundState): AlarmChange {
  const alarm: Alarm = {
    ...before,
    state: found.state,
    stateReason: found.reason,
    stateReasonData: found.reasonData,
    stateUpdatedAtMs: found.atMs,
  };
  if (before.state === found.state) return { alarm, history: [], event: null };
  const changed = { ...alarm, stateTransitionedAtMs: found.atMs };
  const { actionsEnabled, actions } = alarm.definition;
  const destinationArns = actionsEnabled ? actions[found.state] : [];
  return {
    alarm: changed,
    history: [stateItem(before, found), ...destinationArns.map((arn) => actionItem(before.name, arn, found))],
    event: { ...eventOf(before, found), destinationArns },
  };
}

function stateItem({ name, state, stateReason }: Alarm, found: FoundState): AlarmHistoryItem {
  return {
    alarmName: name,
    atMs: found.atMs,
    type: "StateUpdate",
    summary: `Alarm updated from ${state} to ${found.state}`,
    data: JSON.stringify({
      version: "1.0",
      oldState: { stateValue: state, stateReason },
      newState: { stateValue: found.state, stateReason: found.reason },
    }),
  };
}

function actionItem(alarmName: string, arn: string, { state, atMs }: FoundState): AlarmHistoryItem {
  return {
    alarmName,
    atMs,
    type: "Action",
    summary: `The event is on its way to ${arn}`,
    data: JSON.stringify({ actionState: "Sent", notificationResource: arn, stateUpdate: state }),
  };
}

function eventOf({ name, arn, state, definition }: Alarm, found: FoundState): NewEvent {
  const measured = definition.queries.flatMap((query) =>
    query.kind === "statistic" ? (measuredMetric(query.metric) ?? []) : [],
  );
  const services = new Map(measured.map(({ serviceId, serviceName }) => [serviceId, serviceName]));
  const [serviceId = null, serviceName = null] = services.size === 1 ? ([...services][0] ?? []) : [];
  return {
    atMs: found.atMs,
    detailType: "Slipway Alarm State Change",
    serviceId,
    resources: [arn],
    severity: severities[found.state],
    message: `Alarm ${name} is ${found.state}. ${found.reason}`,
    detail: {
      alarmName: name,
      state: found.state,
      previousState: state,
      reason: found.reason,
      description: definition.description,
      threshold: definition.threshold,
      metricName: measured[0]?.metric ?? null,
      serviceName,
      serviceId,
    },
  };
}
