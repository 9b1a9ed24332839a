/**
 * Forgets secrets whose time to think again is over (nobody sees them before that either: this frees their room), and copies of
 * external ones that nobody reads.
 */
import { isGone } from "../domain/stored-secret.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import type { ExternalSecretValues } from "./external-secret-values.ts";

const EVERY_MS = 60 * 60_000;

export interface SecretPurgeOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Copies of what lies elsewhere. */
  readonly copies: Pick<ExternalSecretValues, "dropUnread">;
  readonly onError: (error: unknown) => void;
}

/** Until it is told to end. */
export async function purgeSecrets(options: SecretPurgeOptions, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    await purgeOnce(options).catch(options.onError);
    await options.copies.dropUnread().catch(options.onError);
    await options.clock.sleep(EVERY_MS, end).catch(() => undefined);
  }
}

/** One transaction a secret: whoever restores one meanwhile wins or comes too late. */
export async function purgeOnce({
  store,
  clock,
}: Pick<SecretPurgeOptions, "store" | "clock">): Promise<void> {
  for (const { arn } of await store.secrets.listDeletable(clock.now())) {
    await store.transaction(async (tx) => {
      const present = await tx.secrets.get(arn);
      if (present === null || !isGone(present, clock.now())) return;
      await tx.secrets.remove(arn);
      await tx.sealedValues.removeAll(arn);
    });
  }
}
