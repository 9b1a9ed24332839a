/**
 * Signing in by OpenID Connect: the code flow with PKCE, state and nonce. Nothing is kept between going there and coming
 * back: what must be known then is sealed and stays with the browser, so that strangers who begin cost no memory.
 */
import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  ResponseBodyError,
} from "openid-client";
import type { SessionOwner } from "../../domain/sign-in-session.ts";
import type { Clock } from "../../ports/clock.ts";
import { type IdentityProvider, ProviderUnavailable, SignInRefused } from "../../ports/sign-in.ts";
import type { Store } from "../../ports/store.ts";
import { SealBroken, type Vault } from "../../ports/vault.ts";
import { type Claims, claimsOf, ownerOf, type PersonRules } from "./person-rules.ts";
import { type ProviderClient, ProviderMetadata } from "./provider-metadata.ts";

export interface OpenIdProviderOptions {
  readonly client: ProviderClient;
  readonly scopes: readonly string[];
  readonly people: PersonRules;
  /** Where the provider sends browsers back to, as it knows it. */
  readonly callbackUrl: string;
  /** Where it sends them after they signed out. */
  readonly signedOutUrl: string;
  readonly store: Pick<Store, "users" | "roles">;
  readonly vault: Pick<Vault, "seal" | "open">;
  readonly clock: Pick<Clock, "now">;
  /** For who runs this: why it did not work. */
  readonly onProblem: (error: unknown) => void;
}

interface Journey {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly beganAtMs: number;
}

const PURPOSE = "sign-in with OpenID";
const VALID_MS = 10 * 60_000;
const START_AGAIN = "Signing in took too long, or began in another window. Start again.";

export class OpenIdProvider implements IdentityProvider {
  readonly #options: OpenIdProviderOptions;
  readonly #metadata: ProviderMetadata;

  constructor(options: OpenIdProviderOptions) {
    this.#options = options;
    this.#metadata = new ProviderMetadata(options);
  }

  async begin(): Promise<{ readonly url: string; readonly state: string }> {
    const { clock, vault, scopes, callbackUrl } = this.#options;
    const configuration = await this.#metadata.get();
    const journey: Journey = {
      state: randomState(),
      nonce: randomNonce(),
      verifier: randomPKCECodeVerifier(),
      beganAtMs: clock.now(),
    };
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: callbackUrl,
      scope: scopes.join(" "),
      state: journey.state,
      nonce: journey.nonce,
      code_challenge: await calculatePKCECodeChallenge(journey.verifier),
      code_challenge_method: "S256",
    });
    return { url: url.href, state: vault.seal(PURPOSE, JSON.stringify(journey)) };
  }

  async complete(callback: string, sealed: string): Promise<SessionOwner> {
    const journey = this.#open(sealed);
    const configuration = await this.#metadata.get();
    const { people, store } = this.#options;
    return ownerOf(await this.#claims(callback, journey, configuration), people, store);
  }

  async signOutUrl(): Promise<string | null> {
    try {
      const configuration = await this.#metadata.get();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return null;
      return buildEndSessionUrl(configuration, { post_logout_redirect_uri: this.#options.signedOutUrl }).href;
    } catch (error) {
      if (error instanceof ProviderUnavailable) return null;
      throw error;
    }
  }

  #open(sealed: string): Journey {
    const { vault, clock } = this.#options;
    try {
      const journey = JSON.parse(vault.open(PURPOSE, sealed)) as Journey;
      if (Math.abs(clock.now() - journey.beganAtMs) < VALID_MS) return journey;
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
    }
    throw new SignInRefused(START_AGAIN);
  }

  async #claims(callback: string, journey: Journey, configuration: Configuration): Promise<Claims> {
    const { callbackUrl, people, onProblem } = this.#options;
    try {
      const tokens = await authorizationCodeGrant(configuration, new URL(`${callbackUrl}?${callback}`), {
        expectedState: journey.state,
        expectedNonce: journey.nonce,
        pkceCodeVerifier: journey.verifier,
        idTokenExpected: true,
      });
      const claims: Claims = tokens.claims() ?? {};
      const isComplete = claimsOf(people).every((claim) => Object.hasOwn(claims, claim));
      const { userinfo_endpoint: more } = configuration.serverMetadata();
      if (isComplete || more === undefined) return claims;
      return {
        ...(await fetchUserInfo(configuration, tokens.access_token, String(claims["sub"]))),
        ...claims,
      };
    } catch (error) {
      // Whatever was exchanged there, keys or our secret, is asked for anew.
      if (!(error instanceof AuthorizationResponseError)) this.#metadata.doubt();
      onProblem(error);
      throw problemOf(error);
    }
  }
}

function problemOf(error: unknown): Error {
  if (error instanceof AuthorizationResponseError) {
    return new SignInRefused(`The identity provider refused it (${error.error.slice(0, 60)}).`);
  }
  if (error instanceof ResponseBodyError && error.error === "invalid_grant")
    return new SignInRefused(START_AGAIN);
  const isUnreachable = error instanceof TypeError || isTimeout(error);
  return isUnreachable
    ? new ProviderUnavailable("The identity provider does not answer. Try again, or use a password.")
    : new SignInRefused(
        "What the identity provider answered proves nobody; the log of the control plane says why.",
      );
}

/** As openid-client says it. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "OAUTH_TIMEOUT";
}
