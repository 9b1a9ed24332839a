/** The parts that live as long as the process, and how they know each other. */
import type { Logger } from "pino";
import type { ScaleParameters } from "../autoscaler/scale-parameters.ts";
import { UsageMeter } from "../autoscaler/usage-meter.ts";
import { HaproxyEdge, type HaproxyEdgeOptions } from "../edge/haproxy-edge.ts";
import { DockerEngine } from "../engine/docker-engine.ts";
import { RoleImageAccess } from "../identity/role-image-access.ts";
import { RecentRequestSamples } from "../observe/requests/recent-requests.ts";
import { readEgressPolicies } from "../operations/egress-policies.ts";
import { type JournalHook, OperationsEngine } from "../operations/index.ts";
import type { Store } from "../ports/store.ts";
import type { KeptVault } from "../secrets/kept-vault.ts";
import type { ChangeBoard } from "../store/change-board.ts";
import { tellOfEdge, tellPlans } from "./debug-lines.ts";
import { buildEventParts } from "./event-parts.ts";
import { buildInstanceTokens } from "./door-parts.ts";
import { buildIdentityParts } from "./identity-parts.ts";
import { buildKeyParts } from "./key-parts.ts";
import { buildLog } from "./log-parts.ts";
import { bothObservers, buildMetricParts } from "./metric-parts.ts";
import { NetworkParts } from "./network-parts.ts";
import { buildSupplyParts } from "./supply-parts.ts";
import { problemOfRegistry } from "../supply/registry-place.ts";
import { ENGINE_PORTS, registryNetwork } from "./registry-network.ts";
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
  /** What changes in the store, and of repositories. */
  readonly changes: ChangeBoard;
  readonly logger: Logger;
  readonly end: AbortSignal;
  readonly hooks: ServeHooks;
}

export type Parts = ReturnType<typeof buildParts>;

/** What was there before the parts. */
interface Foundations {
  readonly installationId: string;
  readonly keptVault: KeptVault;
}

export function buildParts(
  { settings, store, changes, logger, end, hooks }: ControlPlane,
  { installationId, keptVault }: Foundations,
) {
  const engine = createEngine({ settings, logger, store }, installationId);
  const networks = new NetworkParts({ settings, store, changes, engine, edge: () => edge, logger, end });
  const edge: HaproxyEdge = createEdge(settings, logger, () => networks.listeners());
  const { vault } = keptVault;
  const keys = buildKeyParts({ store, vault, logger });
  const sources = buildSourceParts({ settings, store, changes, vault, logger, installationId });
  const identity = buildIdentityParts({ settings, store, vault });
  const instanceTokens = buildInstanceTokens(settings, vault);
  const secrets = buildSecretParts({ settings, store, vault, authorizer: identity.authorizer, logger });
  const events = buildEventParts({ settings, store, vault: sources.vault, logger });
  const log = buildLog({ settings, store, engine, secrets, keys, events, logger });
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
  const supply = buildSupplyParts({ settings, files: engine.imageFiles, logger });
  const operations: OperationsEngine = new OperationsEngine({
    store,
    engine,
    sourceCode: sources.sourceCode,
    builder: sources.builder,
    secretValues: secrets.values,
    secretAccess: secrets.access,
    roleVariables: instanceTokens.variables,
    scaling: autoscaler,
    edge: tellOfEdge(edge, logger),
    edgeInternal: edge,
    log,
    registry: registryTable(settings),
    imageAccess: new RoleImageAccess({ store, authorizer: identity.authorizer, scope: settings }),
    releaseGate: supply.releaseGate,
    clock: systemClock,
    ids: randomIds,
    options: optionsOf(settings),
    onError: (error, serviceId) => logger.error({ err: error, serviceId }, "operations"),
    ...hooks,
    onPlan: tellPlans(logger),
    onJournal: traces.hookBefore(hooks.onJournal),
  });
  const requestSamples = new RecentRequestSamples(() => systemClock.now());
  return {
    keptVault,
    engine,
    networks,
    edge,
    log,
    operations,
    autoscaler,
    meter,
    metrics,
    sources,
    identity,
    instanceTokens,
    secrets,
    keys,
    events,
    traces,
    requestSamples,
    bills: supply.bills,
  };
}

function optionsOf(settings: Settings) {
  const { baseDomain, serviceQuota } = settings;
  return { scope: settings, baseDomain, serviceQuota, ...tracingOptions(settings) };
}

function createEngine(
  { settings, logger, store }: Pick<ControlPlane, "settings" | "logger" | "store">,
  installationId: string,
): DockerEngine {
  return new DockerEngine({
    socketPath: settings.dockerSocket,
    ownerId: installationId,
    firewall: {
      edge: { address: settings.edgeHost, ports: [settings.edgePort, settings.edgeHttpsPort] },
      collector: collectorOfInstances(settings),
    },
    egressPolicies: () => readEgressPolicies(store),
    closedPorts: [...ENGINE_PORTS, ...ownPorts(settings)],
    problemOfRegistry: (registry, signal) => problemOfRegistry(registry, registryNetwork(settings), signal),
    gvisorRuntime: settings.gvisorRuntime,
    instanceDiskBytes: settings.instanceDiskMiB * 1_024 * 1_024,
    report: (event, details) => logger.info(details, event),
  });
}

function ownPorts(settings: Settings): readonly number[] {
  const { apiPort, edgePort, edgeHttpsPort, ingressPort, ingressHttpsPort, internalPort } = settings;
  return [apiPort, edgePort, edgeHttpsPort, ingressPort, ingressHttpsPort, internalPort];
}

function createEdge(
  settings: Settings,
  logger: Pick<Logger, "info" | "warn">,
  inside: HaproxyEdgeOptions["inside"],
): HaproxyEdge {
  return new HaproxyEdge({
    stateDirectory: statePath(settings.stateDirectory, "edge"),
    httpBindAddress: settings.edgeHost,
    httpPort: settings.edgePort,
    httpsPort: settings.edgeHttpsPort,
    haproxyPath: settings.haproxyPath,
    clients: {
      trustedProxies: settings.edgeProxies,
      isProxyProtocol: settings.edgeProxyProtocol,
      connectionsPerAddress: settings.edgeConnectionsPerAddress ?? null,
    },
    ...(inside !== undefined && { inside }),
    log: (level, message) => logger[level](message),
  });
}
