/** What an operator can set about the vault's master key, and about a Vault that is not ours: their part of the settings. */
import { z } from "zod";

const commandError = "must be a JSON array of a program and its arguments";
/** A program and its arguments. */
export const command = z.preprocess(
  jsonOf,
  z.array(z.string({ error: commandError }), { error: commandError }).min(1, { error: commandError }),
);
const address = z
  .string()
  .refine(isSafeUrl, "must be an https address, or an http one of this machine")
  .transform((url) => url.replace(/\/+$/, ""));
const file = z.string().startsWith("/", "must be the absolute path of a file");

export const vaultSettings = {
  /** Prints the master key of the vault: program and arguments. The file in the state directory unless given. */
  masterKeyCommand: command.optional(),
  /** The same for the key that the next rotation goes to. */
  masterKeyNextCommand: command.optional(),
  /** Of HashiCorp Vault or OpenBao, for references `vault:…`. */
  vaultAddress: address.optional(),
  vaultNamespace: z.string().min(1).optional(),
  /** File with roots (PEM) to trust for it instead of the public ones. */
  vaultCaFile: file.optional(),
  /** File with a token for it; or AppRole: secrets have no place in settings. */
  vaultTokenFile: file.optional(),
  vaultAppRoleMount: z.string().min(1).default("approle"),
  vaultRoleId: z.string().min(1).optional(),
  vaultSecretIdFile: file.optional(),
};

export const vaultVariables = {
  SLIPWAY_MASTER_KEY_COMMAND: "masterKeyCommand",
  SLIPWAY_MASTER_KEY_NEXT_COMMAND: "masterKeyNextCommand",
  SLIPWAY_VAULT_ADDRESS: "vaultAddress",
  SLIPWAY_VAULT_NAMESPACE: "vaultNamespace",
  SLIPWAY_VAULT_CA_FILE: "vaultCaFile",
  SLIPWAY_VAULT_TOKEN_FILE: "vaultTokenFile",
  SLIPWAY_VAULT_APPROLE_MOUNT: "vaultAppRoleMount",
  SLIPWAY_VAULT_ROLE_ID: "vaultRoleId",
  SLIPWAY_VAULT_SECRET_ID_FILE: "vaultSecretIdFile",
} as const;

/** As an environment variable has it; what is no JSON is left for the check to refuse. */
function jsonOf(given: unknown): unknown {
  if (typeof given !== "string") return given;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

/** A secret that is fetched without TLS is everybody's on the way. */
function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "" || /[?#\s]/.test(text)) return false;
  const isLocal = /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && isLocal);
}
