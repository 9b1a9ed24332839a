/** What follows sources and talks to their hosts: handshakes, watcher, webhooks, statuses of commits. */
import type { Logger } from "pino";
import type { Service } from "../domain/service.ts";
import type { ContainerEngine } from "../ports/container-engine.ts";
import type { RegistryDirectory } from "../ports/registry-directory.ts";
import type { SecretValues } from "../ports/secret-values.ts";
import type { ServiceCommands } from "../ports/service-commands.ts";
import type { ServiceLog } from "../ports/service-log.ts";
import type { Store } from "../ports/store.ts";
import { RotationWatcher } from "../secrets/rotation-watcher.ts";
import { CheckedHandshake } from "../sources/connections/checked-handshake.ts";
import { CommitStatusReporter } from "../sources/watch/commit-status-reporter.ts";
import { SourceWatcher } from "../sources/watch/source-watcher.ts";
import { StoredSourceWatching } from "../sources/watch/stored-source-watching.ts";
import { WatchRecords } from "../sources/watch/watch-records.ts";
import { SignedWebhooks } from "../sources/webhooks/signed-webhooks.ts";
import type { SourceParts } from "./source-parts.ts";
import { systemClock } from "./system-clock.ts";

interface WatchPartsRequest {
  readonly store: Store;
  readonly sources: Pick<SourceParts, "vault" | "api" | "credentials" | "sourceCode">;
  readonly engine: ContainerEngine;
  readonly registry: RegistryDirectory;
  readonly secretValues: SecretValues;
  readonly commands: ServiceCommands;
  readonly log: ServiceLog;
  readonly logger: Logger;
  /** Address of a service for people, shown beside a commit. */
  readonly targetUrl: (service: Service) => string;
  readonly end: AbortSignal;
}

export type WatchParts = ReturnType<typeof buildWatchParts>;

export function buildWatchParts(request: WatchPartsRequest) {
  const { store, sources, engine, registry, secretValues, commands, log, logger, targetUrl, end } = request;
  const clock = systemClock;
  const records = new WatchRecords({ store, vault: sources.vault });
  const statuses = new CommitStatusReporter({
    store,
    records,
    credentials: sources.credentials,
    api: sources.api,
    targetUrl,
    report: (event, details) => logger.warn(details, event),
    end,
  });
  const watcher = new SourceWatcher({
    store,
    records,
    sourceCode: sources.sourceCode,
    engine,
    registry,
    commands,
    log,
    clock,
    statuses,
    onError: (error, serviceId) => logger.error({ err: error, serviceId }, "watching sources"),
  });
  const webhooks = new SignedWebhooks({
    store,
    records,
    registry,
    clock,
    wake: () => watcher.wake(),
    onError: (error) => logger.error({ err: error }, "webhook"),
  });
  const rotation = new RotationWatcher({
    store,
    values: secretValues,
    commands,
    clock,
    onError: (error, serviceId) => logger.error({ err: error, serviceId }, "watching secrets"),
  });
  return {
    watcher,
    rotation,
    run: async (signal: AbortSignal) => {
      await Promise.all([watcher.start(signal), rotation.run(signal)]);
    },
    webhooks,
    handshake: new CheckedHandshake({ store, vault: sources.vault, api: sources.api, clock }),
    sourceWatching: new StoredSourceWatching({ store, records }),
  };
}
