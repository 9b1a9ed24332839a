/**
 * The control plane's process: builds the adapters, starts them in order, ends them in reverse.
 *
 * The API answers first, so that people can look while the engine or the edge is still missing; services are touched
 * only once both are there.
 */
import { rmSync, writeFileSync } from "node:fs";
import type { Logger } from "pino";
import {
  ensureDefaultAutoScalingConfiguration,
  ensureRootAccessKey,
  rootPrincipalArn,
} from "../api/index.ts";
import type { OperationsEngine } from "../operations/index.ts";
import type { Store } from "../ports/store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { runAlarms } from "./alarm-parts.ts";
import { buildControlPlaneApi, describe } from "./api-parts.ts";
import { buildParts, type ControlPlane, type Parts, type ServeHooks } from "./build-parts.ts";
import { buildDomainParts } from "./domain-parts.ts";
import { neededSlots } from "./edge-questions.ts";
import { aborted, endSignal } from "./end-signal.ts";
import { keep, type KeeperContext, type Kept, prepareUntilReady } from "./keeper.ts";
import { createLogger } from "./logger.ts";
import { collectGarbage } from "./memory-chore.ts";
import { type OwnParts, openOwnParts } from "./own-parts.ts";
import { registryTable } from "./registry-table.ts";
import { tellOfRequests } from "./request-parts.ts";
import { recordRunning } from "./running-settings.ts";
import { ServiceAddress } from "./service-address.ts";
import type { Settings } from "./settings.ts";
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
import { recordUsageOf } from "./usage-parts.ts";
import { buildWatchParts } from "./watch-parts.ts";

export const DATABASE_FILE = "slipway.db";
export const INSTALLATION_ID = "installation-id";

const EDGE = "edge";

/** Longer than `slipway up` waits. Then whoever is not back may be as slow or as sick as it likes. */
const SERVICES_BACK_MS = 20_000;

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
      own.ownHealth.missingChanged();
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
