import type { InputOf, MonitoringType } from "../../../contract/index.ts";
import { isMetricName, metrics } from "../../../domain/metric.ts";
import { readSamples } from "../../../domain/metric-reading.ts";
import { basicStatistics, type MetricSample, parseStatistic } from "../../../domain/metric-statistic.ts";
import type { Handler } from "../../handler.ts";
import { metricSpan } from "../../resources/metric-span.ts";
import { assertPeriod, assertStatistic, combination, metricToDomain } from "../../wire/metric-to-domain.ts";
import { toDate } from "../../wire/time.ts";

const MAX_DATAPOINTS = 1440;

type Input = InputOf<"GraniteServiceVersion20100801.GetMetricStatistics">;

/** CloudWatch API, GetMetricStatistics: statistics of one metric, period by period, oldest first. */
export const getMetricStatistics: Handler<"GraniteServiceVersion20100801.GetMetricStatistics"> = async (
  input,
  context,
) => {
  assertAsked(input);
  const { Period: periodSeconds, Unit: unit = null } = input;
  const span = metricSpan(input, periodSeconds, context.clock.now());
  const metric = metricToDomain(input, "");
  const samples = await readSamples({ metric, periodSeconds, unit }, span, context.metricReader);
  return {
    Label: input.MetricName,
    Datapoints: samples.map((sample) => datapointOf(sample, input)),
  };
};

function datapointOf(
  sample: MetricSample & { readonly startMs: number },
  input: Input,
): MonitoringType<"MetricDatapoint"> {
  const { MetricName: name } = input;
  return {
    Timestamp: toDate(sample.startMs),
    ...basicsOf(sample, input),
    ...extendedOf(sample, input),
    ...(isMetricName(name) && { Unit: metrics[name].unit }),
  };
}

function assertAsked({ Statistics = [], ExtendedStatistics = [], ...input }: Input): void {
  assertPeriod(input.Period, "Period");
  if (Statistics.length > 0 === ExtendedStatistics.length > 0) {
    throw combination("Give either Statistics or ExtendedStatistics, and not both");
  }
  for (const statistic of ExtendedStatistics) assertStatistic(statistic, "ExtendedStatistics");
  const count = Math.ceil((input.EndTime.getTime() - input.StartTime.getTime()) / 1000 / input.Period);
  if (count <= MAX_DATAPOINTS) return;
  throw combination(
    `You have requested up to ${count} datapoints, which exceeds the limit of ${MAX_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range`,
  );
}

function basicsOf(
  sample: MetricSample,
  { Statistics = [] }: Input,
): Partial<MonitoringType<"MetricDatapoint">> {
  return Object.fromEntries(Statistics.map((name) => [name, basicStatistics[name](sample)]));
}

/** A statistic of no values, as the mean of values that none lies between, is left out. */
function extendedOf(
  sample: MetricSample,
  { ExtendedStatistics }: Input,
): Partial<MonitoringType<"MetricDatapoint">> {
  if (ExtendedStatistics === undefined) return {};
  const values = ExtendedStatistics.map((name) => [name, parseStatistic(name)?.(sample)] as const);
  return {
    ExtendedStatistics: Object.fromEntries(
      values.filter((pair): pair is [string, number] => Number.isFinite(pair[1])),
    ),
  };
}
