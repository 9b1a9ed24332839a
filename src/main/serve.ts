/**
 * The control plane's process: builds the adapters, starts them in order, ends them in reverse.
 *
 * The API answers first, so that people can look while the engine or the edge is still missing; services are touched
 * only once both are there.
 */
import { rmSync, writeFileSync } from "node:fs";
import type { Logger } from "pino";
import { type Api, ensureDefaultAutoScalingConfiguration } from "../api/index.ts";
import type { OperationsEngine } from "../operations/index.ts";
import type { Store } from "../ports/store.ts";
import { KnownValues } from "../secrets/known-values.ts";
import { ChangeBoard } from "../store/change-board.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { tellingStore } from "../store/telling-store.ts";
import { runAlarms } from "./alarm-parts.ts";
import { buildControlPlaneApi, describe } from "./api-parts.ts";
import { buildParts, type ControlPlane, type Parts, type ServeHooks } from "./build-parts.ts";
import { KeptDoor } from "./door-parts.ts";
import { buildDomainParts } from "./domain-parts.ts";
import { neededSlots } from "./edge-questions.ts";
import { aborted, endSignal } from "./end-signal.ts";
import { ensureAccessKeys } from "./identity-parts.ts";
import { INSTALLATION_ID } from "./installation-id.ts";
import { keep, type KeeperContext, type Kept, prepareUntilReady } from "./keeper.ts";
import { createLogger } from "./logger.ts";
import { collectGarbage } from "./memory-chore.ts";
import { type OwnParts, openOwnParts } from "./own-parts.ts";
import { registryTable } from "./registry-table.ts";
import { tellOfRequests } from "./request-parts.ts";
import { recordRunning } from "./running-settings.ts";
import { ServiceAddress } from "./service-address.ts";
import type { Settings } from "./settings.ts";
import { buildSignInParts, pruneSessions } from "./sign-in-parts.ts";
import {
  DATABASE_FILE,
  INFO_FILE,
  PID_FILE,
  prepareStateDirectory,
  replaceFile,
  statePath,
} from "./state-directory.ts";
import { randomIds, systemClock } from "./system-clock.ts";
import { recordUsageOf } from "./usage-parts.ts";
import { openVault } from "./vault-parts.ts";
import { buildWatchParts } from "./watch-parts.ts";

const EDGE = "edge";

/** Longer than `slipway up` waits. Then whoever is not back may be as slow or as sick as it likes. */
const SERVICES_BACK_MS = 20_000;

/** Runs until it is told to end. Throws when the state directory or the API's port cannot be used. */
export async function serve(settings: Settings, hooks: ServeHooks = {}): Promise<void> {
  const known = new KnownValues();
  const logger = createLogger(settings, known);
  const end = endSignal(hooks.signal);
  prepareStateDirectory(settings.stateDirectory);
  const changes = new ChangeBoard();
  const opened = await openSqliteStore({ path: statePath(settings.stateDirectory, DATABASE_FILE) });
  const store = tellingStore(opened, (change) => changes.tell(change));
  try {
    writeFileSync(statePath(settings.stateDirectory, PID_FILE), `${process.pid}\n`, { mode: 0o600 });
    recordRunning(settings);
    await run({ settings, store, changes, logger, end, hooks }, known);
    rmSync(statePath(settings.stateDirectory, PID_FILE), { force: true });
  } finally {
    await store.close();
  }
}

async function run(
  { settings, store, changes, logger, end, hooks }: ControlPlane,
  known: KnownValues,
): Promise<void> {
  const keptVault = await openVault(settings, store, known);
  const installationId = await ensureInstallation(settings, store);
  const parts = buildParts({ settings, store, changes, logger, hooks, end }, { installationId, keptVault });
  const { engine, edge, log, operations, autoscaler, meter, sources } = parts;
  await ensureAccessKeys({ settings, store, vault: sources.vault });
  const domains = await buildDomainParts({ settings, store, edge, log, vault: sources.vault, logger });
  const missing = new Map<string, string>([["control plane", "starting"]]);
  const own = await openOwnParts({ settings, store, vault: sources.vault, logger, engine, missing });
  const signing = buildSignInParts({ settings, store, vault: sources.vault, logger });
  const info = describe(settings);
  const address = new ServiceAddress(settings, edge);
  const watching = buildWatchParts({
    store,
    sources,
    engine,
    registry: registryTable(settings),
    secretValues: parts.secrets.values,
    commands: operations.commands,
    log,
    logger,
    targetUrl: ({ host }) => `${address.scheme()}://${address.of(host)}`,
    end,
  });
  let areServicesBack = false;
  const door = new KeptDoor({ ...parts, store, logger, dispatcher: () => api.dispatcher });
  const api: Api = buildControlPlaneApi({ settings, store, changes, logger, end, hooks }, parts, {
    watching,
    domains: domains.keeper,
    own,
    signing,
    info,
    address,
    missing,
    areServicesBack: () => areServicesBack,
    door,
  });
  await api.listen({ host: settings.apiHost, port: settings.apiPort });
  replaceFile(
    statePath(settings.stateDirectory, INFO_FILE),
    `${JSON.stringify({ ...info, InstallationId: installationId }, null, 2)}\n`,
  );
  logger.info({ api: info.ApiEndpoint, pid: process.pid }, "control plane started");
  const keeper = keeperOf({ logger, end, missing, own, domains });
  const kept = partsToKeep(parts, store, door);
  const background = runBeforeServices({ settings, store, changes, logger, end, hooks }, parts, own);
  background.push(pruneSessions(signing, end));
  try {
    const areReady = await Promise.all(kept.map((one) => prepareUntilReady(one, keeper)));
    if (areReady.every(Boolean)) {
      await sources.builder.prepare();
      await operations.start(end);
      keeper.onChange("control plane", null);
      background.push(
        waitForServices(operations, logger, end).then(() => void (areServicesBack = true)),
        ...kept.map((one) => keep(one, keeper)),
        watching.run(end),
        domains.run(end),
        autoscaler.run(end),
        engine.boundDisks(end),
        tellOfRequests({ ...parts, store, logger }, end),
        recordUsageOf({ meter, store, metrics: parts.metrics.reader, logger }, end),
      );
      await aborted(end);
    }
  } finally {
    door.close();
    await api.close();
    await operations.stop();
    await sources.builder.close();
    await Promise.all([...background, own.audit.close()]);
    parts.metrics.close();
    engine.close();
    logger.info("control plane ended");
  }
}

/** What is told of each part that is not there, or is there again. */
function keeperOf({ logger, end, missing, own, domains }: KeeperRequest): KeeperContext {
  return {
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
}

interface KeeperRequest extends Pick<ControlPlane, "logger" | "end"> {
  readonly missing: Map<string, string>;
  readonly own: Pick<OwnParts, "ownHealth">;
  readonly domains: Pick<Awaited<ReturnType<typeof buildDomainParts>>, "keeper">;
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
    parts.secrets.run(end),
    parts.keys.run(end),
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

function partsToKeep(
  { engine, edge, networks }: Pick<Parts, "engine" | "edge" | "networks">,
  store: Store,
  door: KeptDoor,
): readonly Kept[] {
  const prepareEdge = async (signal: AbortSignal) => {
    await edge.prepare({ minimumSlots: await neededSlots(store) }, signal);
    await networks.afterEdge(signal);
  };
  return [
    {
      name: "engine",
      everyMs: 60_000,
      prepare: async (signal) => {
        await networks.beforeEngine();
        await engine.prepare(signal);
        await door.open(signal);
        // Should this fail, the edge's own look says why.
        if (await networks.afterEngine(signal))
          await prepareEdge(signal).catch(() => signal.throwIfAborted());
      },
    },
    {
      // HAProxy that dies is restarted by its supervisor at once; this is for a supervisor that dies.
      name: EDGE,
      everyMs: 30_000,
      prepare: prepareEdge,
    },
  ];
}

/** What must be there before anything else: an id, the default configuration. Returns the id. */
async function ensureInstallation(settings: Settings, store: Store): Promise<string> {
  const id = (await store.settings.get(INSTALLATION_ID)) ?? randomIds.hex32();
  await store.settings.put(INSTALLATION_ID, id);
  await ensureDefaultAutoScalingConfiguration(store, settings, systemClock);
  return id;
}
