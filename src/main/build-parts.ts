/** The parts that live as long as the process, and how they know each other. */
import type { Logger } from "pino";
import type { ScaleParameters } from "../autoscaler/scale-parameters.ts";
import { UsageMeter } from "../autoscaler/usage-meter.ts";
import { HaproxyEdge } from "../edge/haproxy-edge.ts";
import { DockerEngine } from "../engine/docker-engine.ts";
import { RecentRequestSamples } from "../observe/requests/recent-requests.ts";
import { type JournalHook, OperationsEngine } from "../operations/index.ts";
import type { Store } from "../ports/store.ts";
import { tellOfEdge, tellPlans } from "./debug-lines.ts";
import { buildEventParts } from "./event-parts.ts";
import { buildLog } from "./log-parts.ts";
import { bothObservers, buildMetricParts } from "./metric-parts.ts";
import { registryTable } from "./registry-table.ts";
import { buildAutoscaler } from "./scaling-parts.ts";
import { buildSecretParts } from "./secret-parts.ts";
import type { Settings } from "./settings.ts";
import { buildSourceParts } from "./source-parts.ts";
import { statePath } from "./state-directory.ts";
import { randomIds, systemClock } from "./system-clock.ts";
import { buildTraceParts, collectorOfInstances, tracingOptions } from "./trace-parts.ts";

export interface ServeHooks {
  /** Called after each journal write: tests end the process there. */
  readonly onJournal?: JournalHook;
  /** Ends the control plane as SIGTERM does. */
  readonly signal?: AbortSignal;
  /** Tests cannot wait for the minutes over which loads are averaged. */
  readonly scaleParameters?: ScaleParameters;
}

/** What everything is built from. */
export interface ControlPlane {
  readonly settings: Settings;
  readonly store: Store;
  readonly logger: Logger;
  readonly end: AbortSignal;
  readonly hooks: ServeHooks;
}

export type Parts = ReturnType<typeof buildParts>;

export function buildParts({ settings, store, logger, end, hooks }: ControlPlane, installationId: string) {
  const engine = new DockerEngine({
    socketPath: settings.dockerSocket,
    ownerId: installationId,
    firewall: {
      edge: { address: settings.edgeHost, ports: [settings.edgePort, settings.edgeHttpsPort] },
      collector: collectorOfInstances(settings),
    },
    report: (event, details) => logger.info(details, event),
  });
  const edge = createEdge(settings, logger);
  const sources = buildSourceParts({ settings, store, logger, installationId });
  const secrets = buildSecretParts({ settings, store, vault: sources.vault, logger });
  const events = buildEventParts({ settings, store, vault: sources.vault, logger });
  const log = buildLog({
    settings,
    store,
    engine,
    secretValues: secrets.values,
    events: events.recorder,
    logger,
  });
  const traces = buildTraceParts({ settings, store, installationId, logger });
  const meter = new UsageMeter(systemClock.now());
  const metrics = buildMetricParts({ settings, store, edge, engine, logger });
  const autoscaler = buildAutoscaler({
    traffic: edge,
    engine,
    onChange: (serviceId) => operations.wake(serviceId),
    parameters: hooks.scaleParameters,
    usage: bothObservers(meter, metrics.collector),
    logger,
    end,
  });
  const operations: OperationsEngine = new OperationsEngine({
    store,
    engine,
    sourceCode: sources.sourceCode,
    builder: sources.builder,
    secretValues: secrets.values,
    scaling: autoscaler,
    edge: tellOfEdge(edge, logger),
    log,
    registry: registryTable(settings),
    clock: systemClock,
    ids: randomIds,
    options: {
      scope: settings,
      baseDomain: settings.baseDomain,
      serviceQuota: settings.serviceQuota,
      ...tracingOptions(settings),
    },
    onError: (error, serviceId) => logger.error({ err: error, serviceId }, "operations"),
    ...hooks,
    onPlan: tellPlans(logger),
    onJournal: traces.hookBefore(hooks.onJournal),
  });
  const requestSamples = new RecentRequestSamples(() => systemClock.now());
  return {
    engine,
    edge,
    log,
    operations,
    autoscaler,
    meter,
    metrics,
    sources,
    secrets,
    events,
    traces,
    requestSamples,
  };
}

function createEdge(settings: Settings, logger: Pick<Logger, "info" | "warn">): HaproxyEdge {
  return new HaproxyEdge({
    stateDirectory: statePath(settings.stateDirectory, "edge"),
    httpBindAddress: settings.edgeHost,
    httpPort: settings.edgePort,
    httpsPort: settings.edgeHttpsPort,
    haproxyPath: settings.haproxyPath,
    log: (level, message) => logger[level](message),
  });
}
