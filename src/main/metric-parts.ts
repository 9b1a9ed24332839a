/** Metrics put together: their database, who collects, who reads, and what Prometheus sees. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Logger } from "pino";
import type { MetricsRoute } from "../api/metrics-route.ts";
import type { UsageObserver } from "../autoscaler/usage-meter.ts";
import { type Family, renderFamilies, serviceFamilies, single } from "../observe/metrics/exposition.ts";
import { MetricCollector } from "../observe/metrics/metric-collector.ts";
import { MetricStore } from "../observe/metrics/metric-store.ts";
import { RollUp } from "../observe/metrics/roll-up.ts";
import type { ContainerEngine } from "../ports/container-engine.ts";
import type { EdgeCounters } from "../ports/edge-traffic.ts";
import type { MetricReader } from "../ports/metrics.ts";
import type { Store } from "../ports/store.ts";
import { SelfMetrics } from "./self-metrics.ts";
import type { Settings } from "./settings.ts";
import { statePath } from "./state-directory.ts";
import { systemClock } from "./system-clock.ts";
import { tokenReader } from "./token-file.ts";

const METRICS_FILE = "metrics.db";
const SWEEP_MS = 60_000;

export interface MetricPartsDeps {
  readonly settings: Pick<Settings, "stateDirectory" | "metricsMiB" | "metricsTokenFile">;
  readonly store: Pick<Store, "services" | "operations">;
  readonly edge: EdgeCounters;
  readonly engine: Pick<ContainerEngine, "readUsage">;
  readonly logger: Pick<Logger, "error">;
}

export interface MetricParts {
  readonly reader: MetricReader;
  /** Hears what the autoscaler hears, and takes requests. */
  readonly collector: MetricCollector;
  readonly route: MetricsRoute;
  /** Ends when the signal is aborted and all is written. */
  run(end: AbortSignal): Promise<void>;
  /** When nobody reads any more. */
  close(): void;
}

export function buildMetricParts({ settings, store, edge, engine, logger }: MetricPartsDeps): MetricParts {
  const metrics = new MetricStore({
    path: statePath(settings.stateDirectory, METRICS_FILE),
    report: (event, details) => logger.error(details, event),
  });
  const onError = (error: unknown) => logger.error({ err: error }, "metrics");
  const collector = new MetricCollector({
    store: metrics,
    edge,
    engine,
    clock: systemClock,
    serviceName: async (serviceId) => (await store.services.get(serviceId))?.name ?? null,
    onError,
  });
  const rollUp = new RollUp({ store: metrics, limitMiB: settings.metricsMiB, pause: () => nextTurn() });
  const self = new SelfMetrics();
  return {
    reader: metrics,
    collector,
    route: {
      token: tokenReader(settings.metricsTokenFile, logger),
      observe: (status, durationMs) => self.observeApi(status, durationMs),
      render: async (isOpenMetrics) => {
        const own = [...self.families(), ...(await heartFamilies(store, collector))];
        return renderFamilies([...serviceFamilies(collector.live.services), ...own], isOpenMetrics);
      },
    },
    async run(end) {
      await Promise.all([collector.run(end), sweepEachMinute(rollUp, onError, end)]);
    },
    close: () => metrics.close(),
  };
}

/** Two who hear the same. */
export function bothObservers(one: UsageObserver, other: UsageObserver): UsageObserver {
  return {
    see: (...news) => {
      one.see(...news);
      other.see(...news);
    },
    sample: (...news) => {
      one.sample(...news);
      other.sample(...news);
    },
    forget: (...news) => {
      one.forget(...news);
      other.forget(...news);
    },
  };
}

async function heartFamilies(
  store: MetricPartsDeps["store"],
  { live, lostRequests }: MetricCollector,
): Promise<readonly Family[]> {
  const open = await store.operations.listAllOpen();
  return [
    single("gauge", "slipway_services", "Services that are neither paused nor deleted.", live.count),
    single("gauge", "slipway_open_operations", "Operations that have not ended.", open.length),
    single(
      "counter",
      "slipway_lost_request_timings",
      "Requests whose timings could not be read.",
      lostRequests,
    ),
  ];
}

async function sweepEachMinute(
  rollUp: RollUp,
  onError: (error: unknown) => void,
  end: AbortSignal,
): Promise<void> {
  while (!end.aborted) {
    await systemClock.sleep(SWEEP_MS, end).catch(() => undefined);
    if (!end.aborted) await rollUp.sweep(systemClock.now()).catch(onError);
  }
}
