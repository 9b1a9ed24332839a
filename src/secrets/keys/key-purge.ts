/**
 * Erases the material of keys whose days to think again are over. From then on nothing opens what they encrypted; what the row
 * says of the key stays.
 */
import { type EncryptionKey, toKeyStatus } from "../../domain/encryption-key.ts";
import { keyWarnings } from "../../domain/key-event.ts";
import { liveServiceStatuses } from "../../domain/service.ts";
import type { Clock } from "../../ports/clock.ts";
import type { KeyCiphers } from "../../ports/key-ciphers.ts";
import type { Store } from "../../ports/store.ts";

const EVERY_MS = 60_000;
const PAGE_ROWS = 500;

export interface KeyPurgeOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly keys: Pick<KeyCiphers, "changed">;
  readonly onError: (error: unknown) => void;
}

/** Until it is told to end. */
export async function purgeKeys(options: KeyPurgeOptions, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    await purgeKeysOnce(options).catch(options.onError);
    await options.clock.sleep(EVERY_MS, end).catch(() => undefined);
  }
}

/** One transaction a key: whoever cancels a deletion meanwhile wins or comes too late. */
export async function purgeKeysOnce({ store, clock, keys }: Omit<KeyPurgeOptions, "onError">): Promise<void> {
  const nowMs = clock.now();
  for (const { arn } of (await liveKeys(store)).filter((key) => isDue(key, nowMs))) {
    const isDeleted = await store.transaction(async (tx) => {
      const present = await tx.encryptionKeys.get(arn);
      if (present === null || !isDue(present, nowMs)) return false;
      await tx.sealedValues.removeAll(arn);
      for (const alias of await aliasesOf(tx, arn)) await tx.keyAliases.remove(alias.arn);
      const deleted = { ...toKeyStatus(present, "DELETED"), deleteAtMs: nowMs };
      await tx.encryptionKeys.save(deleted);
      const services = await tx.services.listByStatus(liveServiceStatuses);
      for (const event of keyWarnings(services, deleted, nowMs)) await tx.events.append(event);
      return true;
    });
    if (isDeleted) keys.changed(arn);
  }
}

function isDue({ status, deleteAtMs }: EncryptionKey, nowMs: number): boolean {
  return status === "PENDING_DELETION" && deleteAtMs !== null && deleteAtMs <= nowMs;
}

async function liveKeys(store: Pick<Store, "encryptionKeys">): Promise<readonly EncryptionKey[]> {
  return await allRows((after) => store.encryptionKeys.list({ after, limit: PAGE_ROWS }));
}

async function aliasesOf(tx: Pick<Store, "keyAliases">, keyArn: string) {
  const aliases = await allRows((after) => tx.keyAliases.list({ after, limit: PAGE_ROWS }));
  return aliases.filter((alias) => alias.keyArn === keyArn);
}

async function allRows<Row>(
  read: (after: string | null) => Promise<{ readonly rows: readonly Row[]; readonly lastKey: string | null }>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let after: string | null = null;
  do {
    const page = await read(after);
    rows.push(...page.rows);
    after = page.lastKey;
  } while (after !== null);
  return rows;
}
