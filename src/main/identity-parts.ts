/** Who calls and what they may do. */
import { randomBytes } from "node:crypto";
import { ensureRootAccessKey } from "../api/index.ts";
import { sealPlainKeys } from "../identity/plain-keys.ts";
import { SealedIssuer } from "../identity/sealed-issuer.ts";
import { StoreAuthorizer } from "../identity/store-authorizer.ts";
import { StoreCredentials } from "../identity/store-credentials.ts";
import type { Store } from "../ports/store.ts";
import type { SealedVault } from "../secrets/sealed-vault.ts";
import type { Settings } from "./settings.ts";
import { CREDENTIALS_FILE, credentialsText, replaceFile, statePath } from "./state-directory.ts";
import { systemClock as clock } from "./system-clock.ts";

interface IdentityPartsRequest {
  readonly settings: Pick<Settings, "region" | "account" | "stateDirectory">;
  readonly store: Store;
  readonly vault: SealedVault;
}

export function buildIdentityParts({ settings: scope, store, vault }: IdentityPartsRequest) {
  // Of sessions there are many, and none of their secrets is ever sent anywhere.
  const untold = vault.untold();
  return {
    authorizer: new StoreAuthorizer({ store, scope }),
    credentials: new StoreCredentials({ store, vault: untold, scope, clock }),
    issuer: new SealedIssuer({ vault: untold, clock, random: randomBytes }),
  };
}

/** No secret of an access key lies open in the database; root has a key, which stands in the credentials file. */
export async function ensureAccessKeys({ settings, store, vault }: IdentityPartsRequest): Promise<void> {
  await sealPlainKeys(store, vault);
  const key = await ensureRootAccessKey(store, { scope: settings, clock, vault });
  replaceFile(statePath(settings.stateDirectory, CREDENTIALS_FILE), credentialsText(key));
}
