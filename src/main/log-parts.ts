/** The log store, and what it must know of services: which values must never be in their logs. */
import type { Logger } from "pino";
import type { DockerEngine } from "../engine/docker-engine.ts";
import { defaultDiskReserve } from "../observe/logs/disk-guard.ts";
import { FileServiceLog } from "../observe/logs/file-service-log.ts";
import type { EventRecorder } from "../ports/event-recorder.ts";
import { type SecretValues, SecretUnavailable } from "../ports/secret-values.ts";
import type { Store } from "../ports/store.ts";
import type { Settings } from "./settings.ts";
import { statePath } from "./state-directory.ts";
import { systemClock as clock } from "./system-clock.ts";

const MIB = 1024 * 1024;

interface LogPartsRequest {
  readonly settings: Pick<Settings, "stateDirectory" | "logReserveMiB">;
  readonly store: Store;
  readonly engine: Pick<DockerEngine, "readOutput">;
  readonly secretValues: Pick<SecretValues, "read">;
  readonly events: EventRecorder;
  readonly logger: Pick<Logger, "error">;
}

export function buildLog({ settings, store, engine, secretValues, events, logger }: LogPartsRequest) {
  return new FileServiceLog({
    directory: statePath(settings.stateDirectory, "logs"),
    engine,
    clock,
    events,
    reserve: { ...defaultDiskReserve, bytes: settings.logReserveMiB * MIB },
    maskedValues: async (_owner, instanceId) => secretsOf(instanceId, { store, secretValues }),
    onError: (event, details) => logger.error(details, event),
  });
}

/**
 * What an instance got as secrets when it was started. A value that is gone by now cannot be masked any more; any other failure
 * is thrown, and the log waits.
 */
export async function secretsOf(
  instanceId: string,
  { store, secretValues }: Pick<LogPartsRequest, "store" | "secretValues">,
): Promise<readonly string[]> {
  const instance = await store.instances.get(instanceId);
  if (instance === null) return [];
  const release = await store.releases.get(instance.serviceId, instance.releaseNumber);
  const pinned = Object.values(release?.secrets ?? {});
  const values = await Promise.all(
    pinned.map(async (secret) =>
      secretValues.read(secret).catch((error: unknown) => {
        if (error instanceof SecretUnavailable) return null;
        throw error;
      }),
    ),
  );
  return values.filter((value) => value !== null);
}
