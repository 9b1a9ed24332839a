/** The audit trail: where it lies, and the key that proves it. */
import type { Logger } from "pino";
import { FileAuditTrail } from "../identity/audit/file-audit-trail.ts";
import type { Store } from "../ports/store.ts";
import type { SealedVault } from "../secrets/sealed-vault.ts";
import type { Settings } from "./settings.ts";
import { statePath } from "./state-directory.ts";
import { systemClock as clock } from "./system-clock.ts";

interface AuditPartsRequest {
  readonly settings: Pick<Settings, "stateDirectory">;
  readonly store: Pick<Store, "settings">;
  readonly vault: Pick<SealedVault, "deriveKey">;
  readonly logger: Pick<Logger, "error">;
}

const KEY_PURPOSE = "audit trail";

export async function openAuditTrail(request: AuditPartsRequest): Promise<FileAuditTrail> {
  const { settings, store, vault, logger } = request;
  return FileAuditTrail.open({
    directory: statePath(settings.stateDirectory, "audit"),
    key: vault.deriveKey(KEY_PURPOSE),
    anchors: store.settings,
    clock,
    onProblem: (problem, details) => logger.error({ event: "audit", ...details }, problem),
  });
}
