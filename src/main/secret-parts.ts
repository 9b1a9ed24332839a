/** What reads secrets for deployments, and what forgets deleted ones. */
import type { Logger } from "pino";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";
import { purgeSecrets } from "../secrets/secret-purge.ts";
import { StoredSecretValues } from "../secrets/stored-secret-values.ts";
import type { Settings } from "./settings.ts";
import { systemClock as clock } from "./system-clock.ts";

interface SecretPartsRequest {
  readonly settings: Settings;
  readonly store: Store;
  readonly vault: Vault;
  readonly logger: Pick<Logger, "error">;
}

export function buildSecretParts({ settings: scope, store, vault, logger }: SecretPartsRequest) {
  const onError = (error: unknown) => logger.error({ err: error }, "deleted secrets are still there");
  return {
    values: new StoredSecretValues({ store, vault, scope, clock }),
    purge: (end: AbortSignal) => purgeSecrets({ store, clock, onError }, end),
  };
}
