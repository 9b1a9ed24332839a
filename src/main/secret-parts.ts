/** What reads secrets for deployments, and what forgets deleted ones. */
import type { Logger } from "pino";
import type { Authorizer } from "../ports/authorizer.ts";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";
import { ExternalSecretValues } from "../secrets/external-secret-values.ts";
import { RoleSecretAccess } from "../secrets/role-secret-access.ts";
import { purgeSecrets } from "../secrets/secret-purge.ts";
import { StoredSecretValues } from "../secrets/stored-secret-values.ts";
import { buildVaultProvider } from "./external-secret-parts.ts";
import type { Settings } from "./settings.ts";
import { systemClock as clock } from "./system-clock.ts";

interface SecretPartsRequest {
  readonly settings: Settings;
  readonly store: Store;
  readonly vault: Vault;
  readonly authorizer: Authorizer;
  readonly logger: Pick<Logger, "error">;
}

export function buildSecretParts({ settings: scope, store, vault, authorizer, logger }: SecretPartsRequest) {
  const onError = (error: unknown) => logger.error({ err: error }, "deleted secrets are still there");
  const own = new StoredSecretValues({ store, vault, scope, clock });
  const provider = buildVaultProvider(scope);
  const values = new ExternalSecretValues({ own, provider, store, vault, scope, clock });
  return {
    access: new RoleSecretAccess({ store, authorizer, scope, clock }),
    values,
    run: async (end: AbortSignal) =>
      void (await Promise.all([
        purgeSecrets({ store, clock, copies: values, onError }, end),
        provider?.run(end),
      ])),
  };
}
