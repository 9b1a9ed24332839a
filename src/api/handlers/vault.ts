import type { OutputOf } from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import { RotationRefused, type VaultStatus } from "../../ports/vault.ts";
import type { Handler } from "../handler.ts";
import { toOptionalDate } from "../wire/time.ts";

/** Ours: the master key of the vault. */
export const getVaultStatus: Handler<"GetVaultStatus"> = async (_input, { vaultKeeping }) =>
  toWire(vaultKeeping.status());

export const rotateMasterKey: Handler<"RotateMasterKey"> = async (_input, { vaultKeeping }) => {
  try {
    return toWire(await vaultKeeping.rotate());
  } catch (cause) {
    if (!(cause instanceof RotationRefused)) throw cause;
    throw new SlipwayError("MasterKeyNotRotated", { problem: cause.message }, { cause });
  }
};

function toWire(status: VaultStatus): OutputOf<"GetVaultStatus"> {
  return {
    Origin: status.origin,
    MasterKeyId: status.masterKeyId,
    ...(status.nextMasterKeyId !== null && { NextMasterKeyId: status.nextMasterKeyId }),
    DataKeys: status.dataKeyCount,
    RotatedAt: toOptionalDate(status.rotatedAtMs),
    OldFiles: [...status.oldFiles],
  };
}
