/** Secrets of the KV engine, version 2, of HashiCorp Vault or OpenBao. */
import type { ExternalPlace } from "../../domain/secret-reference.ts";
import type { ExternalVersion, SecretProvider } from "../../ports/secret-provider.ts";
import { SecretUnavailable } from "../../ports/secret-values.ts";
import { VaultError } from "./vault-answer.ts";
import type { VaultClient } from "./vault-client.ts";
import { memberOf, type VaultToken } from "./vault-token.ts";

interface Read {
  readonly version: ExternalVersion;
  /** Null: deleted or destroyed. */
  readonly members: Readonly<Record<string, unknown>> | null;
}

export class VaultProvider implements SecretProvider {
  readonly #client: VaultClient;
  readonly #token: VaultToken;

  constructor(client: VaultClient, token: VaultToken) {
    this.#client = client;
    this.#token = token;
  }

  async resolve(place: ExternalPlace): Promise<ExternalVersion> {
    return (await this.#read(place, place.version)).version;
  }

  async read(place: ExternalPlace, { versionId, createdAtMs }: ExternalVersion): Promise<string> {
    const { version, members } = await this.#read(place, versionId);
    if (version.createdAtMs !== createdAtMs) {
      throw unavailable(place, "was deleted and made anew: deploy again to take what is there now");
    }
    if (members === null) throw unavailable(place, `was deleted in version ${versionId}: undelete it`);
    return textOf(members, place);
  }

  run(end: AbortSignal): Promise<void> {
    return this.#token.run(end);
  }

  async #read(place: ExternalPlace, version: string | undefined): Promise<Read> {
    const query = version === undefined ? "" : `?version=${version}`;
    const path = `${encodeURIComponent(place.mount)}/data/${encodePath(place.path)}${query}`;
    try {
      const body = await this.#token.use((token) => this.#client.call({ method: "GET", path, token }));
      return this.#readOf(place, memberOf(body, "data"));
    } catch (cause) {
      if (!(cause instanceof VaultError)) throw cause;
      throw unavailable(place, `cannot be read: ${cause.message}`, cause);
    }
  }

  #readOf(place: ExternalPlace, data: unknown): Read {
    const metadata = memberOf(data, "metadata");
    const version = memberOf(metadata, "version");
    const createdTime = memberOf(metadata, "created_time");
    const createdAtMs = typeof createdTime === "string" ? Date.parse(createdTime) : NaN;
    if (!Number.isSafeInteger(version) || !Number.isFinite(createdAtMs)) {
      throw unavailable(place, "is of an engine that has no versions: only KV version 2 can be used");
    }
    const members = memberOf(data, "data");
    const isThere = typeof members === "object" && members !== null;
    return {
      version: { versionId: String(version), createdAtMs },
      members: isThere ? (members as Readonly<Record<string, unknown>>) : null,
    };
  }
}

function textOf(members: Readonly<Record<string, unknown>>, place: ExternalPlace): string {
  const wanted = place.key === undefined ? members : memberOf(members, place.key);
  if (wanted === undefined) throw unavailable(place, `has no key "${place.key}"`);
  return typeof wanted === "string" ? wanted : jsonTextOf(wanted, place);
}

function jsonTextOf(value: unknown, place: ExternalPlace): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw unavailable(place, "is nested too deep to be written as JSON", cause);
  }
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function unavailable({ mount, path }: ExternalPlace, problem: string, cause?: unknown): SecretUnavailable {
  return new SecretUnavailable(`The secret vault:${mount}/${path} ${problem}.`, { cause });
}
