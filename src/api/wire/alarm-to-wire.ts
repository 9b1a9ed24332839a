import type { MonitoringType } from "../../contract/index.ts";
import type { Alarm, AlarmHistoryItem } from "../../domain/alarm.ts";
import { basicStatistics } from "../../domain/metric-statistic.ts";
import { metricToWire, queryToWire } from "./metric-to-domain.ts";
import { toDate } from "./time.ts";

type WireAlarm = MonitoringType<"MetricAlarm">;

export function alarmToWire(alarm: Alarm): WireAlarm {
  const { definition } = alarm;
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: definition.description ?? undefined,
    AlarmConfigurationUpdatedTimestamp: toDate(alarm.configuredAtMs),
    ActionsEnabled: definition.actionsEnabled,
    OKActions: definition.actions.OK,
    AlarmActions: definition.actions.ALARM,
    InsufficientDataActions: definition.actions.INSUFFICIENT_DATA,
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    StateReasonData: alarm.stateReasonData ?? undefined,
    StateUpdatedTimestamp: toDate(alarm.stateUpdatedAtMs),
    StateTransitionedTimestamp: toDate(alarm.stateTransitionedAtMs),
    ...measureToWire(alarm),
    EvaluationPeriods: definition.evaluationPeriods,
    DatapointsToAlarm: definition.datapointsToAlarm ?? undefined,
    Threshold: definition.threshold,
    ComparisonOperator: definition.comparison,
    TreatMissingData: definition.missingData ?? undefined,
    EvaluateLowSampleCountPercentile: definition.lowSampleTreatment ?? undefined,
  };
}

/** One metric stands in the alarm itself, several in Metrics. */
function measureToWire({ definition }: Alarm): Partial<WireAlarm> {
  const [query] = definition.queries;
  if (!definition.isOfOneMetric || query?.kind !== "statistic") {
    return { Metrics: definition.queries.map(queryToWire), Dimensions: [] };
  }
  const { statistic, unit, periodSeconds, metric } = query;
  return {
    ...metricToWire(metric),
    Period: periodSeconds,
    ...(isBasic(statistic) ? { Statistic: statistic } : { ExtendedStatistic: statistic }),
    ...(unit !== null && { Unit: unit as MonitoringType<"StandardUnit"> }),
  };
}

export function isBasic(statistic: string): statistic is MonitoringType<"MetricStatistic"> {
  return Object.hasOwn(basicStatistics, statistic);
}

export function historyItemToWire(item: AlarmHistoryItem): MonitoringType<"AlarmHistoryItem"> {
  return {
    AlarmName: item.alarmName,
    AlarmType: "MetricAlarm",
    Timestamp: toDate(item.atMs),
    HistoryItemType: item.type,
    HistorySummary: item.summary,
    HistoryData: item.data,
  };
}
