/** What the control plane tells of itself: the audit trail, its health, and how much it logs. */
import type { Logger } from "pino";
import type { ContainerEngine } from "../ports/container-engine.ts";
import type { Store } from "../ports/store.ts";
import type { SealedVault } from "../secrets/sealed-vault.ts";
import { openAuditTrail } from "./audit-parts.ts";
import { StoredLogLevels } from "./log-level.ts";
import { logProblemCount } from "./logger.ts";
import { WatchedHealth } from "./own-health.ts";
import type { Settings } from "./settings.ts";
import { systemClock as clock } from "./system-clock.ts";

interface OwnPartsRequest {
  readonly settings: Pick<Settings, "stateDirectory">;
  readonly store: Store;
  readonly vault: Pick<SealedVault, "deriveKey">;
  readonly logger: Logger;
  readonly engine: Pick<ContainerEngine, "facts">;
  /** What is not ready, and why; it changes. */
  readonly missing: ReadonlyMap<string, string>;
}

export type OwnParts = Awaited<ReturnType<typeof openOwnParts>>;

export async function openOwnParts(request: OwnPartsRequest) {
  const { settings, store, vault, logger, engine, missing } = request;
  const { stateDirectory } = settings;
  const logLevels = await StoredLogLevels.open(store.settings, logger, clock);
  const audit = await openAuditTrail({ settings, store, vault, logger });
  const ownHealth = new WatchedHealth({ store, stateDirectory, clock, missing, logProblemCount, engine });
  return {
    audit,
    ownHealth,
    logLevels,
    run: async (end: AbortSignal) => void (await Promise.all([audit.run(end), logLevels.run(end)])),
  };
}
