/** Requests and errors of the services that are seen, in one call. */
import { useRecentMetrics } from "../../parts/recent-metrics.ts";
import type { Traffic } from "./service-columns.tsx";
import type { ServiceRow } from "./service-rows.ts";

const HOUR_MS = 3_600_000;
const PERIOD_S = 120;
const EVERY_MS = 60_000;

export function useTraffic(rows: readonly ServiceRow[]): (serviceId: string) => Traffic | undefined {
  const lines = useRecentMetrics({
    metrics: rows.flatMap(({ ServiceName: serviceName, ServiceId: serviceId }) => [
      { metric: "Requests", statistic: "Sum", serviceName, serviceId },
      { metric: "5xxStatusResponses", statistic: "Sum", serviceName, serviceId },
    ]),
    lengthMs: HOUR_MS,
    periodSeconds: PERIOD_S,
    everyMs: EVERY_MS,
  });
  const traffic = new Map(
    rows.map(({ ServiceId: id }, index) => [
      id,
      { requests: lines[index * 2] ?? [], errors: lines[index * 2 + 1] ?? [] },
    ]),
  );
  return (serviceId) => traffic.get(serviceId);
}
