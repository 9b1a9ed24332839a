/** Keys of KMS, and what deletes them when their date has come. */
import type { Logger } from "pino";
import type { Store } from "../ports/store.ts";
import { purgeKeys } from "../secrets/keys/key-purge.ts";
import { StoredEncryptionKeys } from "../secrets/keys/stored-encryption-keys.ts";
import type { SealedVault } from "../secrets/sealed-vault.ts";
import { systemClock as clock } from "./system-clock.ts";

interface KeyPartsRequest {
  readonly store: Store;
  readonly vault: SealedVault;
  readonly logger: Pick<Logger, "error">;
}

export function buildKeyParts({ store, vault, logger }: KeyPartsRequest) {
  const keys = new StoredEncryptionKeys({ store, vault: vault.untold() });
  const onError = (error: unknown) => logger.error({ err: error }, "deleted keys are still there");
  return { keys, run: (end: AbortSignal) => purgeKeys({ store, clock, keys, onError }, end) };
}
