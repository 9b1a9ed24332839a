/** The credentials of connections, opened for those who talk to the Git host. Nothing opened is kept but tokens of apps. */
import type { Connection, ProviderType } from "../../domain/configuration.ts";
import type { ConnectionCredential } from "../../domain/connection-credential.ts";
import type { Clock } from "../../ports/clock.ts";
import type { GitCredential, GitCredentials } from "../../ports/git-credentials.ts";
import { SourceError } from "../../ports/source-code.ts";
import type { Store } from "../../ports/store.ts";
import { SealBroken, type Vault } from "../../ports/vault.ts";
import { orAborted } from "../../domain/or-aborted.ts";
import { GitHubAppTokens } from "./github-app.ts";
import type { ProviderApiClient } from "./provider-api-client.ts";
import { providerOf } from "./provider.ts";
import { openCredential } from "./sealed-credential.ts";

interface Parts {
  readonly store: Pick<Store, "connections">;
  readonly vault: Vault;
  readonly api: ProviderApiClient;
  readonly clock: Pick<Clock, "now">;
}

/** Where a provider's API is, and what to show there. */
export interface ApiAccess {
  readonly providerType: ProviderType;
  readonly serverUrl: string;
  readonly base: string;
  readonly authorization: string;
}

export class ConnectionCredentials implements GitCredentials {
  readonly #store: Pick<Store, "connections">;
  readonly #vault: Vault;
  readonly #appTokens: GitHubAppTokens;

  constructor({ store, vault, api, clock }: Parts) {
    this.#store = store;
    this.#vault = vault;
    this.#appTokens = new GitHubAppTokens(api, clock);
  }

  async forConnection(connectionArn: string, signal: AbortSignal): Promise<GitCredential> {
    const { connection, serverUrl, credential, key } = await this.#open(connectionArn);
    signal.throwIfAborted();
    if (credential.kind === "deploy-key") {
      const { privateKey, knownHosts } = credential;
      return { kind: "ssh-key", privateKey, knownHosts, host: serverUrl.slice("ssh://".length) };
    }
    const { origin } = new URL(serverUrl);
    const username = providerOf(connection.providerType).tokenUsername;
    if (credential.kind === "token") {
      return {
        kind: "password",
        username: credential.username ?? username,
        password: credential.token,
        origin,
      };
    }
    const apiBase = apiBaseOf(connection.providerType, serverUrl);
    const password = await orAborted(this.#appTokens.token({ key, apiBase, credential }), signal);
    return { kind: "password", username, password, origin };
  }

  /** Null where the connection is no way to the provider's API. Throws SourceError as `forConnection` does. */
  async apiAccess(connectionArn: string, signal: AbortSignal): Promise<ApiAccess | null> {
    const { connection, serverUrl, credential, key } = await this.#open(connectionArn);
    const { providerType } = connection;
    const { api } = providerOf(providerType);
    if (api === null || credential.kind === "deploy-key") return null;
    const base = api.base(serverUrl);
    const access = { providerType, serverUrl, base };
    if (credential.kind === "token") {
      return { ...access, authorization: api.authorization(credential.token, credential.username) };
    }
    const token = await orAborted(this.#appTokens.token({ key, apiBase: base, credential }), signal);
    return { ...access, authorization: api.authorization(token, null) };
  }

  async #open(connectionArn: string): Promise<Opened> {
    const connection = await this.#store.connections.get(connectionArn);
    if (connection === null) {
      throw unusable("The connection of the source does not exist any more; name another one.");
    }
    const { name, status, serverUrl, sealedCredential } = connection;
    if (status !== "AVAILABLE" || serverUrl === undefined || sealedCredential === undefined) {
      throw unusable(`The connection ${name} is ${status}, not AVAILABLE; complete its handshake.`);
    }
    const credential = this.#unseal(connection, sealedCredential);
    return { connection, serverUrl, credential, key: sealedCredential };
  }

  #unseal({ arn, name }: Connection, sealed: string): ConnectionCredential {
    try {
      return openCredential(this.#vault, arn, sealed);
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      throw unusable(
        `The credential of the connection ${name} cannot be opened; complete its handshake again.`,
        error,
      );
    }
  }
}

interface Opened {
  readonly connection: Connection;
  readonly serverUrl: string;
  readonly credential: ConnectionCredential;
  /** Another credential has another seal. */
  readonly key: string;
}

function apiBaseOf(providerType: ProviderType, serverUrl: string): string {
  const { api, label } = providerOf(providerType);
  if (api === null) throw unusable(`${label} has no API for apps.`);
  return api.base(serverUrl);
}

function unusable(message: string, cause?: unknown): SourceError {
  return new SourceError("unauthorized", message, { cause });
}
