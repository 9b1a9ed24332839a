/**
 * What the provider says of itself, asked when somebody signs in, never at the start: a provider that is down must hold
 * nothing up. Kept for an hour, and longer while it does not answer; after a failure strangers cannot make us ask at once.
 */
import { readFile } from "node:fs/promises";
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  None,
} from "openid-client";
import type { Clock } from "../../ports/clock.ts";
import { ProviderUnavailable } from "../../ports/sign-in.ts";

export interface ProviderClient {
  readonly issuer: URL;
  readonly clientId: string;
  /** Null: a public client. */
  readonly secretFile: string | null;
}

export interface ProviderMetadataOptions {
  readonly client: ProviderClient;
  readonly clock: Pick<Clock, "now">;
  readonly onProblem: (error: unknown) => void;
}

/** Settings allow it to this machine alone. */
// oxlint-disable-next-line typescript/no-deprecated -- marked so to stand out, not to go
const allowPlainHttp = allowInsecureRequests;
const KEPT_MS = 60 * 60_000;
const AGAIN_AFTER_MS = 5_000;
/** Anybody can come back with nonsense: that alone does not make us ask each time. */
const DOUBTED_AFTER_MS = 60_000;
const DEADLINE_S = 5;

export class ProviderMetadata {
  readonly #options: ProviderMetadataOptions;
  #known: Configuration | null = null;
  #askedAtMs = -Infinity;
  #staleAtMs = -Infinity;
  #asking: Promise<Configuration> | null = null;

  constructor(options: ProviderMetadataOptions) {
    this.#options = options;
  }

  /** Throws ProviderUnavailable. */
  async get(): Promise<Configuration> {
    const nowMs = this.#options.clock.now();
    // Before it was asked: the clock went back, and would keep what is known, or a failure, for as long.
    if (nowMs >= this.#askedAtMs && nowMs < this.#staleAtMs) return this.#known ?? unavailable();
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return this.#asking;
  }

  /** It may no longer fit: keys were exchanged, or the client's secret. */
  doubt(): void {
    this.#staleAtMs = Math.min(this.#staleAtMs, this.#askedAtMs + DOUBTED_AFTER_MS);
  }

  async #ask(): Promise<Configuration> {
    const { client, clock, onProblem } = this.#options;
    this.#askedAtMs = clock.now();
    try {
      this.#known = await discover(client);
      this.#staleAtMs = clock.now() + KEPT_MS;
      return this.#known;
    } catch (error) {
      onProblem(error);
      this.#staleAtMs = clock.now() + AGAIN_AFTER_MS;
      return this.#known ?? unavailable(error);
    }
  }
}

function unavailable(cause?: unknown): never {
  throw new ProviderUnavailable("The identity provider does not answer. Try again, or use a password.", {
    cause,
  });
}

async function discover({ issuer, clientId, secretFile }: ProviderClient): Promise<Configuration> {
  const secret = secretFile === null ? null : (await readFile(secretFile, "utf8")).trim();
  return discovery(issuer, clientId, undefined, secret === null ? None() : withSecret(secret), {
    timeout: DEADLINE_S,
    // Signatures are checked although the token comes by TLS.
    execute: [enableNonRepudiationChecks, ...(issuer.protocol === "http:" ? [allowPlainHttp] : [])],
  });
}

/** The way that the provider takes; Basic where it does not say [OpenID Connect Discovery 1.0]. */
function withSecret(secret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const ways = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const way = ways.includes("client_secret_basic") ? basic : post;
    return way(server, client, body, headers);
  };
}
