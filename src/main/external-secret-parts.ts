/** The Vault that settings name: how it is reached, and with which credential. */
import { readFileSync } from "node:fs";
import { VaultClient } from "../secrets/vault/vault-client.ts";
import { VaultProvider } from "../secrets/vault/vault-provider.ts";
import { type VaultLogin, VaultToken } from "../secrets/vault/vault-token.ts";
import { type Settings, SettingsError } from "./settings.ts";
import { systemClock as clock } from "./system-clock.ts";

/** A deployment waits for it. */
const DEADLINE_MS = 10_000;

export type ExternalSecretSettings = Pick<
  Settings,
  | "vaultAddress"
  | "vaultNamespace"
  | "vaultCaFile"
  | "vaultTokenFile"
  | "vaultAppRoleMount"
  | "vaultRoleId"
  | "vaultSecretIdFile"
>;

/** Null: no Vault is named. Throws SettingsError. */
export function buildVaultProvider(settings: ExternalSecretSettings): VaultProvider | null {
  const { vaultAddress: address, vaultNamespace: namespace = null, vaultCaFile } = settings;
  if (address === undefined) return null;
  const ca = vaultCaFile === undefined ? null : readFileSync(vaultCaFile, "utf8");
  const client = new VaultClient({ address, namespace, ca, deadlineMs: DEADLINE_MS });
  return new VaultProvider(client, new VaultToken(client, loginOf(settings), clock));
}

function loginOf({
  vaultTokenFile,
  vaultAppRoleMount,
  vaultRoleId,
  vaultSecretIdFile,
}: ExternalSecretSettings): VaultLogin {
  const isAppRole = vaultRoleId !== undefined && vaultSecretIdFile !== undefined;
  if ((vaultTokenFile !== undefined) === isAppRole) {
    throw new SettingsError(
      "vaultAddress needs one way to sign in: vaultTokenFile, or vaultRoleId and vaultSecretIdFile.",
    );
  }
  if (vaultTokenFile !== undefined) return { kind: "token", file: vaultTokenFile };
  return {
    kind: "approle",
    mount: vaultAppRoleMount,
    roleId: vaultRoleId ?? "",
    secretIdFile: vaultSecretIdFile ?? "",
  };
}
