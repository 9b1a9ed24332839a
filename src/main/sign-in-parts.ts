/** Signing in to the console: passwords, links, and the OpenID provider where one is set. */
import type { Logger } from "pino";
import { OpenIdProvider } from "../identity/oidc/open-id-provider.ts";
import { ArgonPasswords } from "../identity/passwords/argon-passwords.ts";
import { StoredSignIn } from "../identity/sessions/stored-sign-in.ts";
import type { Passwords } from "../ports/passwords.ts";
import type { Store } from "../ports/store.ts";
import type { SealedVault } from "../secrets/sealed-vault.ts";
import { publicApiUrl, type Settings, SettingsError } from "./settings.ts";
import { systemClock as clock } from "./system-clock.ts";

interface SignInPartsRequest {
  readonly settings: Settings;
  readonly store: Store;
  readonly vault: Pick<SealedVault, "deriveKey" | "untold">;
  readonly logger: Pick<Logger, "warn">;
}

export interface SignInParts {
  readonly signIn: StoredSignIn;
  readonly passwords: Passwords;
}

const PRUNED_EVERY_MS = 60 * 60_000;

/** Throws SettingsError where the provider's settings do not go together. */
export function buildSignInParts(request: SignInPartsRequest): SignInParts {
  const { settings, store, vault } = request;
  const passwords = new ArgonPasswords();
  const signIn = new StoredSignIn({
    store,
    clock,
    passwords,
    scope: settings,
    deviceKey: vault.deriveKey("sign-in devices"),
    provider: providerOf(request),
    idleMs: settings.sessionIdleMinutes * 60_000,
    lifetimeMs: settings.sessionHours * 60 * 60_000,
  });
  return { signIn, passwords };
}

/** Runs until the signal is aborted. */
export async function pruneSessions({ signIn }: SignInParts, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    // Ended sessions let nobody in, so the next hour will do.
    await signIn.sessions.prune().catch(() => undefined);
    await clock.sleep(PRUNED_EVERY_MS, end).catch(() => undefined);
  }
}

function providerOf({ settings, store, vault, logger }: SignInPartsRequest): OpenIdProvider | null {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecretFile: secretFile = null } = settings;
  if (issuer === undefined) return null;
  if (clientId === undefined) {
    throw new SettingsError(
      "Setting oidcClientId is missing: oidcIssuer needs the id that the provider gave to Slipway.",
    );
  }
  const base = publicApiUrl(settings);
  return new OpenIdProvider({
    store,
    // Strangers who begin would push the secrets out of what logs hide.
    vault: vault.untold(),
    clock,
    client: { issuer: new URL(issuer), clientId, secretFile },
    scopes: settings.oidcScopes,
    people: { nameClaim: settings.oidcNameClaim, rules: settings.oidcRules },
    callbackUrl: `${base}/session/oidc/callback`,
    signedOutUrl: `${base}/sign-in`,
    onProblem: (error) => {
      logger.warn(
        { event: "sign-in.provider", problem: describe(error) },
        "the identity provider was no help",
      );
    },
  });
}

/** The words alone: errors of the library carry answers, which may name people. */
function describe(error: unknown): string {
  const texts: string[] = [];
  for (let one = error; one instanceof Error && texts.length < 4; one = one.cause) texts.push(one.message);
  return texts.join(": ").slice(0, 500);
}
