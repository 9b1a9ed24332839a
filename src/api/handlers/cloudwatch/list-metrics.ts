import type { MetricSeries } from "../../../ports/metrics.ts";
import { dimensionsOf } from "../../../domain/metric-reading.ts";
import { NAMESPACE } from "../../../domain/metric-query.ts";
import type { InputOf } from "../../../contract/index.ts";
import type { Handler } from "../../handler.ts";
import { pageOf, readPage } from "../../paging.ts";
import { combination, metricToWire } from "../../wire/metric-to-domain.ts";

const PAGE_SIZE = 500;
const HOUR_MS = 3_600_000;
/** CloudWatch lists what had values in the last two weeks. */
const LISTED_MS = 14 * 24 * HOUR_MS;

/** CloudWatch API, ListMetrics: what is measured of services and of instances, those of deleted services too. */
export const listMetrics: Handler<"GraniteServiceVersion20100801.ListMetrics"> = async (input, context) => {
  if (input.OwningAccount !== undefined && input.OwningAccount !== context.scope.account) {
    throw combination(`OwningAccount must be ${context.scope.account}: there is no other account here`);
  }
  const sinceMs = context.clock.now() - (input.RecentlyActive === undefined ? LISTED_MS : 3 * HOUR_MS);
  const series = (await context.metricReader.list(sinceMs)).filter((one) => isWanted(one, input));
  const rows = series.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const page = await readPage(
    { operation: "GraniteServiceVersion20100801.ListMetrics", input: { ...input, MaxResults: PAGE_SIZE } },
    context,
    pageOf(rows, keyOf),
  );
  const Metrics = page.rows.map((one) =>
    metricToWire({ namespace: NAMESPACE, name: one.metric, dimensions: dimensionsOf(one) }),
  );
  return { Metrics, ...page.nextToken };
};

function keyOf({ metric, serviceName, serviceId, instanceId }: MetricSeries): string {
  return [serviceName, serviceId, instanceId ?? "", metric].join("/");
}

/** A filter without a value wants the dimension, whatever its value is. */
function isWanted(
  series: MetricSeries,
  input: InputOf<"GraniteServiceVersion20100801.ListMetrics">,
): boolean {
  if (input.Namespace !== undefined && input.Namespace !== NAMESPACE) return false;
  if (input.MetricName !== undefined && input.MetricName !== series.metric) return false;
  const dimensions = dimensionsOf(series);
  return (input.Dimensions ?? []).every(({ Name, Value }) =>
    dimensions.some(({ name, value }) => name === Name && (Value === undefined || value === Value)),
  );
}
