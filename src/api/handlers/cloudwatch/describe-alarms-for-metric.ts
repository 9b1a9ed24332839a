import type { InputOf } from "../../../contract/index.ts";
import type { Alarm } from "../../../domain/alarm.ts";
import type { StatisticQuery } from "../../../domain/metric-query.ts";
import type { Handler } from "../../handler.ts";
import { ALL_ROWS } from "../../paging.ts";
import { alarmToWire } from "../../wire/alarm-to-wire.ts";

type Input = InputOf<"GraniteServiceVersion20100801.DescribeAlarmsForMetric">;

/** CloudWatch API, DescribeAlarmsForMetric: those of this one metric; alarms of expressions are not among them. */
export const describeAlarmsForMetric: Handler<
  "GraniteServiceVersion20100801.DescribeAlarmsForMetric"
> = async (input, { store }) => {
  const { rows } = await store.alarms.list("", { after: null, limit: ALL_ROWS });
  return { MetricAlarms: rows.filter((alarm) => isOf(alarm, input)).map(alarmToWire) };
};

function isOf({ definition }: Alarm, input: Input): boolean {
  const [query] = definition.queries;
  if (!definition.isOfOneMetric || query?.kind !== "statistic") return false;
  const { Period, Unit } = input;
  const statistic = input.Statistic ?? input.ExtendedStatistic;
  if (Period !== undefined && Period !== query.periodSeconds) return false;
  if (statistic !== undefined && statistic !== query.statistic) return false;
  return (Unit === undefined || Unit === query.unit) && isSameMetric(query, input);
}

function isSameMetric(
  { metric }: StatisticQuery,
  { Namespace, MetricName, Dimensions = [] }: Input,
): boolean {
  const { namespace, name, dimensions } = metric;
  if (namespace !== Namespace || name !== MetricName || dimensions.length !== Dimensions.length) return false;
  return Dimensions.every(({ Name, Value }) =>
    dimensions.some((one) => one.name === Name && one.value === Value),
  );
}
