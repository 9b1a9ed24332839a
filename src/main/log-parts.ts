/** The log store, and what it must know of services: which values must never be in their logs, and which key encrypts them. */
import type { Logger } from "pino";
import type { DockerEngine } from "../engine/docker-engine.ts";
import { defaultDiskReserve } from "../observe/logs/disk-guard.ts";
import { FileServiceLog } from "../observe/logs/file-service-log.ts";
import type { EncryptionKeys } from "../ports/encryption-keys.ts";
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
  readonly secrets: { readonly values: Pick<SecretValues, "read"> };
  readonly keys: { readonly keys: EncryptionKeys };
  readonly events: { readonly recorder: EventRecorder };
  readonly logger: Pick<Logger, "error">;
}

export function buildLog({ settings, store, engine, secrets, keys, events, logger }: LogPartsRequest) {
  return new FileServiceLog({
    directory: statePath(settings.stateDirectory, "logs"),
    engine,
    clock,
    encryption: {
      keys: keys.keys,
      keyArnOf: async (id) => (await store.services.get(id))?.encryptionKeyArn ?? null,
    },
    events: events.recorder,
    reserve: { ...defaultDiskReserve, bytes: settings.logReserveMiB * MIB },
    maskedValues: async (_owner, instanceId) =>
      secretsOf(instanceId, { store, secretValues: secrets.values }),
    onError: (event, details) => logger.error(details, event),
  });
}

/**
 * What an instance got as secrets when it was started. A value that is gone by now cannot be masked any more; any other failure
 * is thrown, and the log waits.
 */
export async function secretsOf(
  instanceId: string,
  {
    store,
    secretValues,
  }: Pick<LogPartsRequest, "store"> & {
    readonly secretValues: Pick<SecretValues, "read">;
  },
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
