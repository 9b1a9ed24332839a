/** Ends handshakes: what belongs together, whether the provider takes it, and the seal. Nothing is kept unsealed. */
import type { Connection } from "../../domain/configuration.ts";
import type { ConnectionCredential } from "../../domain/connection-credential.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ConnectionHandshake, HandshakeRequest } from "../../ports/connection-handshake.ts";
import { SourceError } from "../../ports/source-code.ts";
import type { Store } from "../../ports/store.ts";
import type { Vault } from "../../ports/vault.ts";
import { appNote, GitHubAppTokens } from "./github-app.ts";
import { type ProviderApiClient, ProviderRefusal } from "./provider-api-client.ts";
import { type Provider, providerOf } from "./provider.ts";
import { sealCredential } from "./sealed-credential.ts";
import { sshServerUrl, webServerUrl } from "./server-url.ts";

const UNCHECKED = "The credential could not be tried: it is checked when a repository is first read with it.";
/** Tokens that may only read repositories may often not ask who they are. */
const LIMITED =
  "The provider knows the credential, but does not let it say whose it is: whether it may read a repository shows when one is read.";

interface Parts {
  readonly store: Store;
  readonly vault: Vault;
  readonly api: ProviderApiClient;
  readonly clock: Pick<Clock, "now">;
}

/** What the handshake found out: an absent remark means that all is well. */
type Outcome =
  | { readonly isUsable: true; readonly remark?: string }
  | { readonly isUsable: false; readonly problem: string };

export class CheckedHandshake implements ConnectionHandshake {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async complete(request: HandshakeRequest, signal: AbortSignal): Promise<Connection> {
    const present = await this.#get(request.connectionArn);
    const provider = providerOf(present.providerType);
    assertFitting(present, request.credential);
    const serverUrl = serverUrlOf(request, provider);
    const outcome = await this.#check(provider, serverUrl, request.credential, signal);
    return this.#save(request, serverUrl, outcome);
  }

  async #get(arn: string, connections = this.#parts.store.connections): Promise<Connection> {
    const connection = await connections.get(arn);
    if (connection === null) throw new SlipwayError("NoSuchResource", { kind: "Connection", arn });
    return connection;
  }

  async #check(
    { api }: Provider,
    serverUrl: string,
    credential: ConnectionCredential,
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (api === null || credential.kind === "deploy-key") return { isUsable: true, remark: UNCHECKED };
    const base = api.base(serverUrl);
    try {
      if (credential.kind === "token") {
        const authorization = api.authorization(credential.token, credential.username);
        await this.#parts.api.call({ method: "GET", url: base + api.userPath, authorization }, signal);
      } else {
        await this.#checkApp(base, credential, signal);
      }
      return { isUsable: true };
    } catch (error) {
      if (error instanceof ProviderRefusal && error.status === 403)
        return { isUsable: true, remark: LIMITED };
      if (error instanceof SourceError) return { isUsable: false, problem: error.message };
      throw error;
    }
  }

  async #checkApp(
    base: string,
    credential: ConnectionCredential & { readonly kind: "github-app" },
    signal: AbortSignal,
  ): Promise<void> {
    const { api, clock } = this.#parts;
    const token = await new GitHubAppTokens(api, clock).token({ key: "check", apiBase: base, credential });
    const url = `${base}/installation/repositories?per_page=1`;
    await api.call({ method: "GET", url, authorization: `Bearer ${token}` }, signal);
  }

  async #save(
    { connectionArn, credential }: HandshakeRequest,
    serverUrl: string,
    outcome: Outcome,
  ): Promise<Connection> {
    const sealedCredential = sealCredential(this.#parts.vault, connectionArn, credential);
    return this.#parts.store.transaction(async (tx) => {
      const {
        sealedCredential: _old,
        problem: _past,
        ...present
      } = await this.#get(connectionArn, tx.connections);
      if (!outcome.isUsable && present.status === "AVAILABLE") throw refused(outcome.problem);
      const completed: Connection = outcome.isUsable
        ? {
            ...present,
            status: "AVAILABLE",
            serverUrl,
            sealedCredential,
            ...(outcome.remark !== undefined && { problem: outcome.remark }),
          }
        : { ...present, status: "ERROR", serverUrl, problem: outcome.problem };
      await tx.connections.save(completed);
      return completed;
    });
  }
}

function assertFitting({ providerType }: Connection, credential: ConnectionCredential): void {
  if (credential.kind !== "github-app") return;
  if (providerType !== "GITHUB") throw invalid("GitHubApp", `is for GITHUB only; this is ${providerType}`);
  try {
    appNote(credential, 0);
  } catch {
    throw invalid("GitHubApp.PrivateKey", "must be an RSA key in PEM form, as GitHub gives it");
  }
}

function serverUrlOf({ serverUrl, credential }: HandshakeRequest, provider: Provider): string {
  const given = serverUrl ?? provider.defaultServerUrl;
  if (given === null)
    throw invalid("ServerUrl", `must be given: ${provider.label} has no address of its own`);
  return credential.kind === "deploy-key" ? sshServerUrl(given) : webServerUrl(given);
}

function refused(problem: string): SlipwayError {
  const said = `The new credential was refused, the one before is kept. ${problem}`;
  return new SlipwayError("InvalidParameter", { path: "CompleteConnection", problem: said });
}

function invalid(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path, problem });
}
