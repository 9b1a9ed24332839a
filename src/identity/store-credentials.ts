/**
 * What access keys and session tokens stand for. Keys are in the store, their secrets sealed; a session token says itself
 * what it is. Each find asks the store: a key that was made inactive and a user or role that was deleted end at once.
 */
import { randomBytes } from "node:crypto";
import { accessKeyPurpose } from "../domain/access-key.ts";
import { assumedRoleArn, rootArn } from "../domain/identity-arn.ts";
import type { AccountScope } from "../domain/arn.ts";
import type { Principal } from "../domain/identity.ts";
import type { Clock } from "../ports/clock.ts";
import { CredentialExpired, type Credentials, type KnownCredential } from "../ports/credentials.ts";
import type { AccessKey, Store } from "../ports/store.ts";
import { SealBroken, type Vault } from "../ports/vault.ts";
import { openSessionToken, type SessionClaims } from "./session-token.ts";

export interface StoreCredentialsOptions {
  readonly store: Pick<Store, "accessKeys" | "users" | "roles">;
  readonly vault: Vault;
  readonly scope: AccountScope;
  readonly clock: Pick<Clock, "now">;
}

/** The last use of a key is written at most so often. */
const USE_WRITTEN_EVERY_MS = 60_000;

export class StoreCredentials implements Credentials {
  readonly #options: StoreCredentialsOptions;
  /** Who has no key is looked up and opened all the same, so that it takes as long. */
  readonly #decoy: AccessKey;
  /** Key → when its use was written; of keys that are there. */
  readonly #writtenAtMs = new Map<string, number>();

  /** ARN → id, of one version of the table; of users that have keys, and of none. */
  readonly #userIds = new Map<string, string | null>();
  #userIdsVersion = -1;

  constructor(options: StoreCredentialsOptions) {
    this.#options = options;
    this.#decoy = {
      id: "AKIADECOYDECOYDECOYD",
      sealedSecret: options.vault.seal(
        accessKeyPurpose("AKIADECOYDECOYDECOYD"),
        randomBytes(30).toString("base64"),
      ),
      principalArn: `arn:aws:iam::${options.scope.account}:user/`,
      createdAtMs: 0,
      isActive: false,
      lastUsed: null,
    };
  }

  async find(accessKeyId: string, sessionToken: string | null): Promise<KnownCredential | null> {
    return sessionToken === null ? this.#findKey(accessKeyId) : this.#findSession(accessKeyId, sessionToken);
  }

  used({ accessKeyId }: Principal, service: string): void {
    if (accessKeyId === null || !accessKeyId.startsWith("AKIA")) return;
    const { store, clock, scope } = this.#options;
    const atMs = clock.now();
    if (atMs - (this.#writtenAtMs.get(accessKeyId) ?? -Infinity) < USE_WRITTEN_EVERY_MS) return;
    this.#writtenAtMs.set(accessKeyId, atMs);
    store.accessKeys.noteUse(accessKeyId, { atMs, service, region: scope.region }).catch(() => {
      // What keeps the store from writing is told by others; the next use of the key tells of this one.
      this.#writtenAtMs.delete(accessKeyId);
    });
  }

  async #findKey(accessKeyId: string): Promise<KnownCredential | null> {
    const { store } = this.#options;
    const found = await store.accessKeys.get(accessKeyId);
    const key = found ?? this.#decoy;
    const principal = await this.#principalOf(key.principalArn, accessKeyId);
    const secret = this.#secretOf(key);
    return principal === null || secret === null || !key.isActive ? null : { secret, principal };
  }

  /** Null: sealed under a key that is lost. Nobody can sign with it any more. */
  #secretOf({ id, sealedSecret }: AccessKey): string | null {
    try {
      return this.#options.vault.open(accessKeyPurpose(id), sealedSecret);
    } catch (error) {
      if (error instanceof SealBroken) return null;
      throw error;
    }
  }

  /** Null: the user is gone. */
  async #principalOf(arn: string, accessKeyId: string): Promise<Principal | null> {
    if (arn === rootArn(this.#options.scope)) return { kind: "root", arn, accessKeyId };
    const userId = await this.#userIdOf(arn);
    return userId === null ? null : { kind: "user", arn, accessKeyId, userArn: arn, userId };
  }

  /** Null: there is none. Read again when any user was changed: their policies make them large. */
  async #userIdOf(arn: string): Promise<string | null> {
    const { users } = this.#options.store;
    const version = users.version();
    if (version !== this.#userIdsVersion) this.#userIds.clear();
    this.#userIdsVersion = version;
    const known = this.#userIds.get(arn);
    if (known !== undefined) return known;
    const id = (await users.get(arn))?.id ?? null;
    if (users.version() === version) this.#userIds.set(arn, id);
    return id;
  }

  async #findSession(accessKeyId: string, token: string): Promise<KnownCredential | null> {
    const { vault, clock } = this.#options;
    const claims = openSessionToken(vault, accessKeyId, token);
    if (claims === null) return null;
    if (claims.expiresAtMs <= clock.now()) throw new CredentialExpired();
    const principal =
      claims.kind === "role"
        ? await this.#rolePrincipal(claims, accessKeyId)
        : await this.#ownPrincipal(claims, accessKeyId);
    return principal === null ? null : { secret: claims.secret, principal };
  }

  /** Null: the role is gone, or another one bears its name. */
  async #rolePrincipal(
    { roleArn, roleId, sessionName, issuedAtMs, expiresAtMs, ...more }: SessionClaims & { kind: "role" },
    accessKeyId: string,
  ): Promise<Principal | null> {
    const role = await this.#options.store.roles.get(roleArn);
    if (role === null || role.id !== roleId) return null;
    const { sessionPolicy, serviceArn } = more;
    return {
      kind: "role",
      arn: assumedRoleArn(role, sessionName),
      accessKeyId,
      roleArn,
      roleId,
      sessionName,
      issuedAtMs,
      expiresAtMs,
      ...(sessionPolicy !== undefined && { sessionPolicy }),
      ...(serviceArn !== undefined && { serviceArn }),
    };
  }

  /** Of a user or of root, who asked for a session. */
  async #ownPrincipal(
    { principalArn, userId, ownKeyId }: SessionClaims & { kind: "own" },
    accessKeyId: string,
  ): Promise<Principal | null> {
    const key = await this.#options.store.accessKeys.get(ownKeyId);
    if (key === null || !key.isActive || key.principalArn !== principalArn) return null;
    const principal = await this.#principalOf(principalArn, accessKeyId);
    return principal?.kind === "user" && principal.userId !== userId ? null : principal;
  }
}
