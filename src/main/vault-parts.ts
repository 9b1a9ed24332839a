/** The vault as the settings and the environment say: where its master key comes from, and where the next one does. */
import type { Store } from "../ports/store.ts";
import { KeptVault } from "../secrets/kept-vault.ts";
import type { KnownValues } from "../secrets/known-values.ts";
import { MasterKeyFile } from "../secrets/master-key-file.ts";
import { keyFromCommand, keyFromText, type MasterKeySource } from "../secrets/master-key-source.ts";
import { INSTALLATION_ID } from "./installation-id.ts";
import { type Settings, SettingsError } from "./settings.ts";
import { MASTER_KEY_FILE, statePath } from "./state-directory.ts";
import { systemClock as clock } from "./system-clock.ts";

export const MASTER_KEY_VARIABLE = "SLIPWAY_MASTER_KEY";
const NEXT_VARIABLE = "SLIPWAY_MASTER_KEY_NEXT";

type Environment = Record<string, string | undefined>;
export type VaultSettings = Pick<Settings, "stateDirectory" | "masterKeyCommand" | "masterKeyNextCommand">;

interface MasterKeySources {
  readonly source: MasterKeySource | null;
  readonly next: MasterKeySource | null;
}

/** Call it before anything else writes to the store, and once: the keys are taken out of the environment. */
export async function openVault(
  settings: VaultSettings,
  store: Pick<Store, "settings">,
  known: KnownValues,
  environment: Environment = process.env,
): Promise<KeptVault> {
  const { source, next } = masterKeySources(settings, environment);
  // What we start inherits the environment.
  delete environment[MASTER_KEY_VARIABLE];
  delete environment[NEXT_VARIABLE];
  return await KeptVault.open({
    settings: store.settings,
    file: new MasterKeyFile(statePath(settings.stateDirectory, MASTER_KEY_FILE)),
    source,
    next,
    isNew: (await store.settings.get(INSTALLATION_ID)) === null,
    clock,
    known,
  });
}

export function masterKeySources(settings: VaultSettings, environment: Environment): MasterKeySources {
  const { masterKeyCommand, masterKeyNextCommand } = settings;
  return {
    source: oneOf(environment, MASTER_KEY_VARIABLE, "masterKeyCommand", masterKeyCommand),
    next: oneOf(environment, NEXT_VARIABLE, "masterKeyNextCommand", masterKeyNextCommand),
  };
}

function oneOf(
  environment: Environment,
  variable: string,
  setting: string,
  command: readonly string[] | undefined,
): MasterKeySource | null {
  const { [variable]: text = "" } = environment;
  if (text !== "" && command !== undefined) {
    throw new SettingsError(`Both ${variable} and ${setting} give a master key: leave one of them out.`);
  }
  if (text !== "") return keyFromText(text, variable);
  return command === undefined ? null : keyFromCommand(command, setting);
}
