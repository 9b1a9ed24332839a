// Over 400 lines because all parts are built and started here.
/**
 * The control plane's process: builds the adapters, starts them in order, ends them in reverse.
 *
 * The API answers first, so that people can look while the engine or the edge is still missing; services are touched
 * only once both are there.
 */
import { rmSync, writeFileSync } from "node:fs";
import type { Logger } from "pino";
import {
  type Api,
  buildApi,
  ensureDefaultAutoScalingConfiguration,
  ensureRootAccessKey,
  rootPrincipalArn,
} from "../api/index.ts";
import type { OutputOf } from "../contract/index.ts";
import type { ScaleParameters } from "../autoscaler/scale-parameters.ts";
import { UsageMeter } from "../autoscaler/usage-meter.ts";
import { HaproxyEdge } from "../edge/haproxy-edge.ts";
import { DockerEngine } from "../engine/docker-engine.ts";
import { RecentRequestSamples } from "../observe/requests/recent-requests.ts";
import { type JournalHook, OperationsEngine } from "../operations/index.ts";
import type { Store } from "../ports/store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import type { DomainKeeper } from "../domains/domain-keeper.ts";
import { runAlarms } from "./alarm-parts.ts";
import { buildEventParts } from "./event-parts.ts";
import { buildDomainParts } from "./domain-parts.ts";
import { checkCertificates } from "./doctor-certificates.ts";
import { runDoctor } from "./doctor.ts";
import { neededSlots, readInFlight } from "./edge-questions.ts";
import { aborted, endSignal } from "./end-signal.ts";
import { keep, type KeeperContext, type Kept, prepareUntilReady } from "./keeper.ts";
import { collectGarbage } from "./memory-chore.ts";
import { bothObservers, buildMetricParts } from "./metric-parts.ts";
import { observedCommands } from "./observed-commands.ts";
import { registryTable } from "./registry-table.ts";
import { tellOfRequests } from "./request-parts.ts";
import { type OwnParts, openOwnParts } from "./own-parts.ts";
import { recordRunning } from "./running-settings.ts";
import { LocalRuntimeCatalogue } from "./runtime-catalogue.ts";
import { buildAutoscaler } from "./scaling-parts.ts";
import { buildSourceParts } from "./source-parts.ts";
import { buildSecretParts } from "./secret-parts.ts";
import { ServiceAddress } from "./service-address.ts";
import { buildLog } from "./log-parts.ts";
import { createLogger } from "./logger.ts";
import { apiEndpoint, publicApiUrl, type Settings } from "./settings.ts";
import { RepositorySourceDetector } from "./source-detector.ts";
import {
  CREDENTIALS_FILE,
  credentialsText,
  INFO_FILE,
  PID_FILE,
  prepareStateDirectory,
  replaceFile,
  statePath,
} from "./state-directory.ts";
import { randomIds, systemClock } from "./system-clock.ts";
import { buildTraceParts, collectorOfInstances, tracingOptions } from "./trace-parts.ts";
import { recordUsageOf, usagePricesOf } from "./usage-parts.ts";
import { VERSION } from "./version.ts";
import { buildWatchParts } from "./watch-parts.ts";

export const DATABASE_FILE = "slipway.db";
export const INSTALLATION_ID = "installation-id";

const EDGE = "edge";

/** Longer than `slipway up` waits. Then whoever is not back may be as slow or as sick as it likes. */
const SERVICES_BACK_MS = 20_000;

export interface ServeHooks {
  /** Called after each journal write: tests end the process there. */
  readonly onJournal?: JournalHook;
  /** Ends the control plane as SIGTERM does. */
  readonly signal?: AbortSignal;
  /** Tests cannot wait for the minutes over which loads are averaged. */
  readonly scaleParameters?: ScaleParameters;
}

/** Runs until it is told to end. Throws when the state directory or the API's port cannot be used. */
export async function serve(settings: Settings, hooks: ServeHooks = {}): Promise<void> {
  const logger = createLogger(settings);
  const end = endSignal(hooks.signal);
  prepareStateDirectory(settings.stateDirectory);
  const store = await openSqliteStore({ path: statePath(settings.stateDirectory, DATABASE_FILE) });
  try {
    writeFileSync(statePath(settings.stateDirectory, PID_FILE), `${process.pid}\n`, { mode: 0o600 });
    recordRunning(settings);
    await run({ settings, store, logger, end, hooks });
    rmSync(statePath(settings.stateDirectory, PID_FILE), { force: true });
  } finally {
    await store.close();
  }
}

interface ControlPlane {
  readonly settings: Settings;
  readonly store: Store;
  readonly logger: Logger;
  readonly end: AbortSignal;
  readonly hooks: ServeHooks;
}

async function run({ settings, store, logger, end, hooks }: ControlPlane): Promise<void> {
  const installationId = await ensureInstallation(settings, store);
  const parts = buildParts({ settings, store, logger, hooks, end }, installationId);
  const { engine, edge, log, operations, autoscaler, meter, sources } = parts;
  const domains = await buildDomainParts({ settings, store, edge, log, vault: sources.vault, logger });
  const missing = new Map<string, string>([["control plane", "starting"]]);
  const own = await openOwnParts({ settings, store, vault: sources.vault, logger, missing });
  const info = describe(settings);
  const address = new ServiceAddress(settings, edge);
  const watching = buildWatchParts({
    store,
    sources,
    engine,
    registry: registryTable(settings),
    commands: operations.commands,
    log,
    logger,
    targetUrl: ({ host }) => `${address.scheme()}://${address.of(host)}`,
    end,
  });
  let areServicesBack = false;
  const api = buildControlPlaneApi({ settings, store, logger, end, hooks }, parts, {
    watching,
    domains: domains.keeper,
    own,
    info,
    address,
    missing,
    areServicesBack: () => areServicesBack,
  });
  await api.listen({ host: settings.apiHost, port: settings.apiPort });
  replaceFile(
    statePath(settings.stateDirectory, INFO_FILE),
    `${JSON.stringify({ ...info, InstallationId: installationId }, null, 2)}\n`,
  );
  logger.info({ api: info.ApiEndpoint, pid: process.pid }, "control plane started");
  const keeper: KeeperContext = {
    clock: systemClock,
    end,
    onChange(name, problem) {
      if (problem === null) missing.delete(name);
      else missing.set(name, problem);
      if (problem === null) logger.info(`${name} is ready`);
      else logger.error(`${name}: ${problem}`);
      if (problem === null && name === EDGE) domains.keeper.edgeRestarted();
    },
  };
  const kept = partsToKeep(parts, store);
  const background = runBeforeServices({ settings, store, logger, end, hooks }, parts, own);
  try {
    const areReady = await Promise.all(kept.map((one) => prepareUntilReady(one, keeper)));
    if (areReady.every(Boolean)) {
      await sources.builder.prepare();
      await operations.start(end);
      keeper.onChange("control plane", null);
      background.push(
        waitForServices(operations, logger, end).then(() => void (areServicesBack = true)),
        ...kept.map((one) => keep(one, keeper)),
        watching.watcher.start(end),
        domains.run(end),
        autoscaler.run(end),
        tellOfRequests({ ...parts, store, logger }, end),
        recordUsageOf({ meter, store, metrics: parts.metrics.reader, logger }, end),
      );
      await aborted(end);
    }
  } finally {
    await api.close();
    await operations.stop();
    await sources.builder.close();
    await Promise.all([...background, own.audit.close()]);
    parts.metrics.close();
    engine.close();
    logger.info("control plane ended");
  }
}

/** What needs neither engine nor edge, or waits for them itself. */
function runBeforeServices(
  { store, logger, end }: ControlPlane,
  parts: Parts,
  own: OwnParts,
): Promise<void>[] {
  return [
    own.run(end),
    parts.log.start(end),
    collectGarbage(systemClock, end),
    parts.secrets.purge(end),
    parts.traces.run(end),
    parts.metrics.run(end),
    runAlarms({ store, reader: parts.metrics.reader, logger }, end),
    parts.events.dispatcher.run(end),
  ];
}

async function waitForServices(
  operations: OperationsEngine,
  logger: Logger,
  end: AbortSignal,
): Promise<void> {
  try {
    await operations.untilServing(AbortSignal.any([end, AbortSignal.timeout(SERVICES_BACK_MS)]));
  } catch (error) {
    if (!end.aborted) logger.warn({ err: error }, "some services have no instance yet");
  }
}

interface ApiParts {
  readonly domains: DomainKeeper;
  readonly watching: ReturnType<typeof buildWatchParts>;
  readonly own: OwnParts;
  readonly info: ReturnType<typeof describe>;
  readonly address: ServiceAddress;
  /** What is not ready, and why. */
  readonly missing: ReadonlyMap<string, string>;
  readonly areServicesBack: () => boolean;
}

function buildControlPlaneApi(
  { settings, store, logger, end }: ControlPlane,
  { edge, log, operations, autoscaler, metrics, sources, events, requestSamples }: Parts,
  { watching, domains, own, info, address, missing, areServicesBack }: ApiParts,
): Api {
  const runtimes = new LocalRuntimeCatalogue(sources.bases, end);
  return buildApi({
    store,
    commands: observedCommands(operations.commands, (serviceId) => domains.reconsider(serviceId)),
    domains,
    requestSamples,
    metrics: metrics.route,
    metricReader: metrics.reader,
    eventSending: events.dispatcher,
    logs: log,
    repositories: sources.hosted,
    sourceDetector: new RepositorySourceDetector(sources.sourceCode, randomIds, runtimes),
    runtimes,
    pokeSource: (serviceId) => watching.watcher.poke(serviceId, "push"),
    scaling: autoscaler,
    handshake: watching.handshake,
    sourceWatching: watching.sourceWatching,
    webhooks: watching.webhooks,
    vault: sources.vault,
    ...own,
    publicApiUrl: publicApiUrl(settings),
    scope: settings,
    usagePrices: usagePricesOf(settings),
    clock: systemClock,
    ids: randomIds,
    quotas: { services: settings.serviceQuota, repositories: settings.repositoryQuota },
    serviceUrl: (host) => address.of(host),
    serviceScheme: () => address.scheme(),
    info: () => ({ ...info, ServiceScheme: address.scheme() }),
    runDoctor: async () => [
      ...(await runDoctor(settings, null)),
      ...(await checkCertificates(store, systemClock.now())),
    ],
    waitingFor: () => describeMissing(missing, settings),
    areServicesBack,
    instancesInFlight: (serviceId) => readInFlight(serviceId, store, edge, end),
    logger,
  });
}

function partsToKeep({ engine, edge }: Pick<Parts, "engine" | "edge">, store: Store): readonly Kept[] {
  return [
    { name: "engine", everyMs: 60_000, prepare: (signal) => engine.prepare(signal) },
    {
      // HAProxy that dies is restarted by its supervisor at once; this is for a supervisor that dies.
      name: EDGE,
      everyMs: 30_000,
      prepare: async (signal) => edge.prepare({ minimumSlots: await neededSlots(store) }, signal),
    },
  ];
}

type Parts = ReturnType<typeof buildParts>;

function buildParts({ settings, store, logger, end, hooks }: ControlPlane, installationId: string) {
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
    edge,
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

export function createEdge(settings: Settings, logger: Pick<Logger, "info" | "warn">): HaproxyEdge {
  return new HaproxyEdge({
    stateDirectory: statePath(settings.stateDirectory, "edge"),
    httpBindAddress: settings.edgeHost,
    httpPort: settings.edgePort,
    httpsPort: settings.edgeHttpsPort,
    haproxyPath: settings.haproxyPath,
    log: (level, message) => logger[level](message),
  });
}

/** What must be there before anything else: an id, a root key, the default configuration. Returns the id. */
async function ensureInstallation(settings: Settings, store: Store): Promise<string> {
  const id = (await store.settings.get(INSTALLATION_ID)) ?? randomIds.hex32();
  await store.settings.put(INSTALLATION_ID, id);
  await ensureRootAccessKey(store, { scope: settings, clock: systemClock });
  await ensureDefaultAutoScalingConfiguration(store, settings, systemClock);
  const keys = await store.accessKeys.list();
  const rootKey = keys.find(({ principalArn }) => principalArn === rootPrincipalArn(settings));
  if (rootKey !== undefined) {
    replaceFile(statePath(settings.stateDirectory, CREDENTIALS_FILE), credentialsText(rootKey));
  }
  return id;
}

/** Everybody may ask for the health, so the details (paths, programs) are only for this machine. */
function describeMissing(missing: ReadonlyMap<string, string>, { apiHost }: Settings): string | null {
  const [name, problem] = [...missing].at(-1) ?? [];
  if (name === undefined) return null;
  return apiHost === "127.0.0.1" || apiHost === "::1" ? `${name}: ${problem}` : name;
}

function describe(settings: Settings): Omit<OutputOf<"GetInfo">, "ServiceScheme"> {
  const endpoint = apiEndpoint(settings);
  return {
    Version: VERSION,
    Region: settings.region,
    AccountId: settings.account,
    ApiEndpoint: endpoint,
    ConsoleUrl: `${endpoint}/`,
    EdgeHttpAddress: `${settings.edgeHost}:${settings.edgePort}`,
    EdgeHttpsAddress: `${settings.edgeHost}:${settings.edgeHttpsPort}`,
    BaseDomain: settings.baseDomain,
    StateDirectory: settings.stateDirectory,
    CredentialsFile: statePath(settings.stateDirectory, CREDENTIALS_FILE),
  };
}
