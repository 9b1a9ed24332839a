/** A vault whose master key can be rotated once. */
import { RotationRefused, type VaultKeeping, type VaultStatus } from "../../ports/vault.ts";

export class FakeVaultKeeping implements VaultKeeping {
  #status: VaultStatus = {
    origin: "file",
    masterKeyId: "000000000001",
    nextMasterKeyId: null,
    dataKeyCount: 1,
    rotatedAtMs: null,
    oldFiles: [],
  };

  status(): VaultStatus {
    return this.#status;
  }

  rotate(): Promise<VaultStatus> {
    if (this.#status.rotatedAtMs !== null)
      return Promise.reject(new RotationRefused("No next key is named."));
    this.#status = { ...this.#status, masterKeyId: "000000000002", rotatedAtMs: 1_000, dataKeyCount: 2 };
    return Promise.resolve(this.#status);
  }
}
