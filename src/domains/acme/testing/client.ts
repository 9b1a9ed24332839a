/** Clients of an authority as one installation has them: all keep their account in the same place. */
import { randomBytes } from "node:crypto";
import { SealedVault } from "../../../secrets/sealed-vault.ts";
import type { AccountStore } from "../account.ts";
import { AcmeAuthority, type AcmeOptions } from "../acme-authority.ts";

export class MemoryAccountStore implements AccountStore {
  sealed: string | null = null;

  load(): Promise<string | null> {
    return Promise.resolve(this.sealed);
  }

  save(sealed: string): Promise<void> {
    this.sealed = sealed;
    return Promise.resolve();
  }
}

export class Installation {
  readonly accountStore = new MemoryAccountStore();
  readonly vault = new SealedVault(randomBytes(32));
  /** Added to the machine's clock. */
  clockAheadMs = 0;

  /** As after a restart: knows nothing but what is kept. */
  client(
    options: Pick<AcmeOptions, "directoryUrl"> & Partial<Omit<AcmeOptions, "vault" | "clock">>,
  ): AcmeAuthority {
    return new AcmeAuthority({
      email: null,
      externalAccount: null,
      caPem: null,
      accountStore: this.accountStore,
      vault: this.vault,
      clock: {
        now: () => Date.now() + this.clockAheadMs,
        sleep: () => Promise.reject(new Error("no sleeping")),
      },
      ...options,
    });
  }
}
