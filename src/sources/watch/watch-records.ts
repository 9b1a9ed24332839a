/** The records of watched sources. Each change reads and writes in one transaction: watcher and webhooks write the same rows. */
import { randomBytes } from "node:crypto";
import type { SourcePoke, SourceWatch } from "../../domain/source-watch.ts";
import type { Store } from "../../ports/store.ts";
import { SealBroken, type Vault } from "../../ports/vault.ts";

const SECRET_BYTES = 32;

interface Parts {
  readonly store: Store;
  readonly vault: Vault;
}

export class WatchRecords {
  readonly #store: Store;
  readonly #vault: Vault;

  constructor({ store, vault }: Parts) {
    this.#store = store;
    this.#vault = vault;
  }

  /** The record; made, with a secret, at first need. */
  ensure(serviceId: string): Promise<SourceWatch> {
    return this.change(serviceId, (present) => present);
  }

  /** `change` runs in the transaction and must not wait. A record that stays the same is not written. */
  change(serviceId: string, change: (present: SourceWatch) => SourceWatch): Promise<SourceWatch> {
    return this.#store.transaction(async (tx) => {
      const present = await tx.sourceWatches.get(serviceId);
      const changed = change(present ?? this.#newRecord(serviceId));
      if (changed !== present) await tx.sourceWatches.save(changed);
      return changed;
    });
  }

  /** Null when there is no record. Never makes one: strangers ask too. */
  find(serviceId: string): Promise<SourceWatch | null> {
    return this.#store.sourceWatches.get(serviceId);
  }

  newSecret(serviceId: string): Promise<SourceWatch> {
    return this.change(serviceId, (present) => ({
      ...present,
      sealedWebhookSecret: this.#sealNew(serviceId),
    }));
  }

  /** Null when it was sealed under another master key: only a new secret helps. */
  secretOf({ serviceId, sealedWebhookSecret }: SourceWatch): string | null {
    try {
      return this.#vault.open(purposeOf(serviceId), sealedWebhookSecret);
    } catch (error) {
      if (error instanceof SealBroken) return null;
      throw error;
    }
  }

  #newRecord(serviceId: string): SourceWatch {
    return {
      serviceId,
      sealedWebhookSecret: this.#sealNew(serviceId),
      handledVersion: null,
      check: null,
      delivery: null,
      deliveryIds: [],
    };
  }

  #sealNew(serviceId: string): string {
    return this.#vault.seal(purposeOf(serviceId), randomBytes(SECRET_BYTES).toString("base64url"));
  }
}

/** The record with one more poke. */
export function poked(watch: SourceWatch, by: SourcePoke["by"]): SourceWatch {
  return { ...watch, poke: { by, count: (watch.poke?.count ?? 0) + 1 } };
}

function purposeOf(serviceId: string): string {
  return `webhook ${serviceId}`;
}
