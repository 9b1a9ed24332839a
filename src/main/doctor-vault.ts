/** The doctor's look at the master key: whether the vault would open with what is there. Nothing is made and nothing is changed. */
import { statSync } from "node:fs";
import { SealBroken } from "../ports/vault.ts";
import { KEYRING_SETTING } from "../secrets/kept-vault.ts";
import { type Keyring, masterKeyId, masterKeyIds, parseKeyring } from "../secrets/keyring.ts";
import { MasterKeyFile } from "../secrets/master-key-file.ts";
import { type DoctorCheck, failed, ok, warning } from "./doctor-check.ts";
import { INSTALLATION_ID } from "./installation-id.ts";
import { MASTER_KEY_FILE, statePath } from "./state-directory.ts";
import { readStoredSetting } from "./stored-setting.ts";
import { MASTER_KEY_VARIABLE, masterKeySources, type VaultSettings } from "./vault-parts.ts";

const NAME = "master-key";
const RESTORE =
  "Put its backup back. What is sealed opens with it alone; Slipway makes no new one in its place.";

/** `isServing`: a control plane of this state directory runs, so that it has opened the vault. */
export async function checkMasterKey(
  settings: VaultSettings,
  isServing: boolean,
  environment: Record<string, string | undefined> = process.env,
): Promise<DoctorCheck> {
  try {
    return await look(settings, isServing, environment);
  } catch (error) {
    if (error instanceof SealBroken) return failed(NAME, error.message, remedyFor(settings, error));
    if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
    return warning(NAME, "It cannot be looked at", "Run `slipway doctor` as root or with sudo.");
  }
}

async function look(
  settings: VaultSettings,
  isServing: boolean,
  environment: Record<string, string | undefined>,
): Promise<DoctorCheck> {
  const { stateDirectory } = settings;
  const text = readStoredSetting(stateDirectory, KEYRING_SETTING);
  const ring = text === null ? null : parseKeyring(text);
  const { source } = masterKeySources(settings, environment);
  if (source !== null) return compare(ring, await source.read(), ORIGINS[source.origin]);
  if (ring !== null && ring.origin !== "file") return notGiven(ring, isServing);
  return lookAtFile(stateDirectory, ring);
}

function lookAtFile(stateDirectory: string, ring: Keyring | null): DoctorCheck {
  const file = new MasterKeyFile(statePath(stateDirectory, MASTER_KEY_FILE));
  if (statSync(file.path, { throwIfNoEntry: false })?.size === 0) {
    return failed(NAME, `${file.path} is empty`, RESTORE);
  }
  // A rotation that was interrupted between two renames is finished by the next start.
  const key = file.read() ?? file.readNext();
  if (key !== null) return compare(ring, key, file.path);
  const wasStarted = ring !== null || readStoredSetting(stateDirectory, INSTALLATION_ID) !== null;
  if (!wasStarted) return ok(NAME, "Made at the first start");
  return failed(NAME, `${file.path} is missing, and there are data sealed under it`, RESTORE);
}

function compare(ring: Keyring | null, key: Buffer, from: string): DoctorCheck {
  const id = masterKeyId(key);
  if (ring === null || masterKeyIds(ring).includes(id)) {
    return ok(NAME, `${from} opens the vault (${id}); keep its backup, apart from the database's`);
  }
  const wanted = masterKeyIds(ring).join(" or ");
  return failed(
    NAME,
    `${from} holds another master key (${id}) than the vault is under (${wanted})`,
    "Give the one it is under: without it nothing that is sealed can be opened. `slipway vault rotate` changes keys.",
  );
}

function notGiven(ring: Keyring, isServing: boolean): DoctorCheck {
  const from = ORIGINS[ring.origin === "command" ? "command" : "environment"];
  if (isServing) return ok(NAME, `Slipway was given it by ${from} (${masterKeyIds(ring).join(", ")})`);
  return warning(
    NAME,
    `It came from ${from}, which gives none here`,
    "Give the control plane its key when it starts.",
  );
}

const ORIGINS = { environment: MASTER_KEY_VARIABLE, command: "masterKeyCommand" } as const;

function remedyFor({ stateDirectory }: VaultSettings, { message }: SealBroken): string {
  if (!message.startsWith("others may read")) return "Put its backup back, or mend what gives it.";
  const path = statePath(stateDirectory, MASTER_KEY_FILE);
  return `\`chmod 600 ${path}\`, then \`slipway vault rotate\`, and replace the tokens and keys that it protected: others may have read it.`;
}
