/** From a metric as it is named on the wire to what was measured, and from there to a statistic of it. */
import { isMetricName, type MetricName, metrics } from "./metric.ts";
import { type MetricDimension, NAMESPACE, type NamedMetric, type StatisticQuery } from "./metric-query.ts";
import { type MetricSample, parseStatistic } from "./metric-statistic.ts";

export const SERVICE_NAME = "ServiceName";
export const SERVICE_ID = "ServiceID";
export const INSTANCE_ID = "InstanceID";

export interface MeasuredMetric {
  readonly metric: MetricName;
  readonly serviceId: string;
  readonly serviceName: string;
  readonly instanceId: string | null;
}

export interface TimeSpan {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

/** What `ports/metrics.ts` reads. */
export interface SampleSource {
  read(
    query: Omit<MeasuredMetric, "serviceName"> & TimeSpan & { readonly periodMs: number },
  ): Promise<readonly (MetricSample & { readonly startMs: number })[]>;
}

/** Null for what we do not measure. Dimensions must be named all: that is what tells a service from an instance of it. */
export function measuredMetric({ namespace, name, dimensions }: NamedMetric): MeasuredMetric | null {
  if (namespace !== NAMESPACE || !isMetricName(name)) return null;
  const value = (wanted: string) => dimensions.find((one) => one.name === wanted)?.value ?? null;
  const [serviceName, serviceId, instanceId] = [value(SERVICE_NAME), value(SERVICE_ID), value(INSTANCE_ID)];
  if (serviceName === null || serviceId === null) return null;
  if (dimensions.length !== (instanceId === null ? 2 : 3)) return null;
  const levels: readonly string[] = metrics[name].levels;
  if (!levels.includes(instanceId === null ? "service" : "instance")) return null;
  return { metric: name, serviceId, serviceName, instanceId };
}

export function dimensionsOf(metric: Omit<MeasuredMetric, "metric">): readonly MetricDimension[] {
  const { serviceName, serviceId, instanceId } = metric;
  return [
    { name: SERVICE_NAME, value: serviceName },
    { name: SERVICE_ID, value: serviceId },
    ...(instanceId === null ? [] : [{ name: INSTANCE_ID, value: instanceId }]),
  ];
}

/** Begin of the period → statistic, in order of time. Empty for what is not measured, and for another unit than the metric's. */
export async function readStatistic(
  query: Pick<StatisticQuery, "metric" | "statistic" | "periodSeconds" | "unit">,
  { startMs, endMs }: TimeSpan,
  source: SampleSource,
): Promise<ReadonlyMap<number, number>> {
  const samples = await readSamples(query, { startMs, endMs }, source);
  const statistic = parseStatistic(query.statistic);
  if (statistic === null) throw new TypeError(`${query.statistic} is no statistic`);
  const values = samples.map((sample) => [sample.startMs, statistic(sample)] as const);
  return new Map(values.filter(([, value]) => Number.isFinite(value)));
}

/** Whole periods: the first one is that which the start lies in. */
export async function readSamples(
  { metric, periodSeconds, unit }: Pick<StatisticQuery, "metric" | "periodSeconds" | "unit">,
  { startMs, endMs }: TimeSpan,
  source: SampleSource,
): Promise<Awaited<ReturnType<SampleSource["read"]>>> {
  const measured = measuredMetric(metric);
  if (measured === null || (unit !== null && unit !== metrics[measured.metric].unit)) return [];
  const { serviceName: _, ...series } = measured;
  const periodMs = periodSeconds * 1000;
  const firstMs = Math.floor(startMs / periodMs) * periodMs;
  const samples = await source.read({ ...series, startMs: firstMs, endMs, periodMs });
  return samples.filter((sample) => sample.count > 0 && sample.startMs >= firstMs && sample.startMs < endMs);
}
