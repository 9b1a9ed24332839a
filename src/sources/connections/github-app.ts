/**
 * Tokens of GitHub App installations: an hour each, asked for with a signed note of ours. Kept until shortly before they
 * end; who asks at the same time waits for the same answer.
 */
import { createPrivateKey, sign, type KeyObject } from "node:crypto";
import type { GitHubAppCredential } from "../../domain/connection-credential.ts";
import type { Clock } from "../../ports/clock.ts";
import { SourceError } from "../../ports/source-code.ts";
import type { ProviderApiClient } from "./provider-api-client.ts";

/** A checkout may take a while, and clocks differ. */
const RENEW_BEFORE_MS = 5 * 60_000;
const CLOCK_DIFFERENCE_S = 60;
/** GitHub takes at most ten minutes. */
const NOTE_LIFE_S = 540;

interface Token {
  readonly token: string;
  readonly expiresAtMs: number;
}

export interface AppRequest {
  /** Tells credentials apart: another one for the same connection has another token. */
  readonly key: string;
  readonly apiBase: string;
  readonly credential: GitHubAppCredential;
}

export class GitHubAppTokens {
  readonly #api: ProviderApiClient;
  readonly #clock: Pick<Clock, "now">;
  readonly #tokens = new Map<string, Token>();
  readonly #asking = new Map<string, Promise<Token>>();

  constructor(api: ProviderApiClient, clock: Pick<Clock, "now">) {
    this.#api = api;
    this.#clock = clock;
  }

  /** Throws SourceError. */
  async token(request: AppRequest): Promise<string> {
    const kept = this.#tokens.get(request.key);
    if (kept !== undefined && this.#clock.now() < kept.expiresAtMs - RENEW_BEFORE_MS) return kept.token;
    const asking = this.#asking.get(request.key) ?? this.#begin(request);
    return (await asking).token;
  }

  #begin(request: AppRequest): Promise<Token> {
    // Not the caller's signal: others may wait for the same answer. The call has a deadline of its own.
    const asking = this.#ask(request).finally(() => this.#asking.delete(request.key));
    this.#asking.set(request.key, asking);
    return asking;
  }

  async #ask({ key, apiBase, credential }: AppRequest): Promise<Token> {
    this.#forgetExpired();
    const answer = await this.#api.call(
      {
        method: "POST",
        url: `${apiBase}/app/installations/${credential.installationId}/access_tokens`,
        authorization: `Bearer ${appNote(credential, this.#clock.now())}`,
      },
      new AbortController().signal,
    );
    const token = readToken(answer);
    this.#tokens.set(key, token);
    return token;
  }

  #forgetExpired(): void {
    const nowMs = this.#clock.now();
    for (const [key, { expiresAtMs }] of this.#tokens) if (expiresAtMs <= nowMs) this.#tokens.delete(key);
  }
}

/** The JSON web token that GitHub wants of an app. Throws SourceError "unauthorized" when the key is none. */
export function appNote({ appId, privateKey }: GitHubAppCredential, nowMs: number): string {
  const nowS = Math.floor(nowMs / 1000);
  const claims = { iat: nowS - CLOCK_DIFFERENCE_S, exp: nowS + NOTE_LIFE_S, iss: appId };
  const head = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded(claims)}`;
  return `${head}.${sign("sha256", Buffer.from(head), rsaKey(privateKey)).toString("base64url")}`;
}

function rsaKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "rsa") return key;
  } catch {
    // The library's message tells nothing that a user could use.
  }
  throw new SourceError("unauthorized", "The private key of the GitHub App is not an RSA key in PEM form.");
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function readToken(answer: unknown): Token {
  const { token, expires_at: expiresAt } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  const expiresAtMs = typeof expiresAt === "string" ? Date.parse(expiresAt) : Number.NaN;
  if (typeof token === "string" && token !== "" && !Number.isNaN(expiresAtMs)) return { token, expiresAtMs };
  throw new SourceError("other", "GitHub's answer holds no token for the installation.");
}
