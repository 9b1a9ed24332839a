/**
 * Sessions of the console. A token is 256 bits of chance; the store has its hash. Each look-up reads the owner, too, so
 * that a user who is removed or has a new password is out at once, and what they may do is asked anew with each call.
 */
import { createHash, randomBytes } from "node:crypto";
import type { AccountScope } from "../../domain/arn.ts";
import type { Principal, Role } from "../../domain/identity.ts";
import { ownerKey, type SessionOwner, type SignInSession } from "../../domain/sign-in-session.ts";
import type { Clock } from "../../ports/clock.ts";
import type { NewSession, Sessions, SessionWish, SignedIn, SignInClient } from "../../ports/sign-in.ts";
import { SignInRefused } from "../../ports/sign-in.ts";
import type { Store, Tables } from "../../ports/store.ts";

export interface SessionsOptions {
  readonly store: Pick<Store, "transaction" | "sessions" | "users" | "roles" | "accessKeys">;
  readonly scope: AccountScope;
  readonly clock: Pick<Clock, "now">;
  /** Without use it ends then. */
  readonly idleMs: number;
  /** However busy it is. */
  readonly lifetimeMs: number;
}

type Rows = Pick<Tables, "sessions" | "users" | "roles" | "accessKeys">;

/** A user who signs in once more ends their oldest session. */
const SESSIONS_MAX = 20;
const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
/** Use is written down so often: a console asks several times a second. */
const NOTED_EVERY_MS = 60_000;
const PAGE_ROWS = 200;
const USER_AGENT_MAX = 256;

export class StoredSessions implements Sessions {
  readonly #options: SessionsOptions;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  async begin(wish: SessionWish, client: SignInClient): Promise<NewSession> {
    const { owner } = wish;
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const session = await this.#options.store.transaction(async (tx) => {
      const standing = await standingOf(wish, tx);
      if (standing === null) throw new SignInRefused("There is no such user, role or access key any more.");
      const begun = this.#newSession(token, { ...wish, client }, standing);
      const present = await readOf(owner, tx);
      for (const { arn } of present.slice(0, Math.max(0, present.length + 1 - SESSIONS_MAX))) {
        await tx.sessions.remove(arn);
      }
      await tx.sessions.save(begun);
      return { begun, standing };
    });
    return { token, signedIn: this.#signedIn(session.begun, session.standing) };
  }

  async find(token: string): Promise<SignedIn | null> {
    const found = await this.#look(token);
    if (found === null) return null;
    const { session, standing } = found;
    const nowMs = this.#options.clock.now();
    if (Math.abs(nowMs - session.lastSeenAtMs) < this.#notedEveryMs()) {
      return this.#signedIn(session, standing);
    }
    const seen = await this.#noteUse(session.arn, nowMs);
    return seen === null ? null : this.#signedIn(seen, standing);
  }

  async look(token: string): Promise<SignedIn | null> {
    const found = await this.#look(token);
    return found === null ? null : this.#signedIn(found.session, found.standing);
  }

  async holds(token: string): Promise<boolean> {
    return (await this.#look(token)) !== null;
  }

  async listOf(owner: SessionOwner): Promise<readonly SignInSession[]> {
    const nowMs = this.#options.clock.now();
    const sessions = await readOf(owner, this.#options.store);
    return sessions.filter((session) => !this.#isOver(session, nowMs)).toReversed();
  }

  async end(owner: SessionOwner, id: string): Promise<boolean> {
    const session = (await readOf(owner, this.#options.store)).find((one) => one.id === id);
    if (session === undefined) return false;
    await this.#options.store.sessions.remove(session.arn);
    return true;
  }

  async endAll(owner: SessionOwner): Promise<void> {
    await this.#options.store.transaction(async (tx) => {
      for (const { arn } of await readOf(owner, tx)) await tx.sessions.remove(arn);
    });
  }

  /** Forgets sessions that nobody will ask for any more. */
  async prune(): Promise<void> {
    const { store, clock } = this.#options;
    let after: string | null = null;
    do {
      const { rows, lastKey } = await store.sessions.list({ after, limit: PAGE_ROWS });
      for (const session of rows) {
        if (this.#isOver(session, clock.now())) await store.sessions.remove(session.arn);
      }
      after = lastKey;
    } while (after !== null);
  }

  #newSession(
    token: string,
    { owner, method, accessKeyId, client }: Beginning,
    { role, loginChangedAtMs }: Standing,
  ): SignInSession {
    const nowMs = this.#options.clock.now();
    const id = `${nowMs.toString(36).padStart(9, "0")}${randomBytes(8).toString("hex")}`;
    const roleMs = role === null ? Infinity : role.maxSessionSeconds * 1000;
    return {
      arn: arnOf(token),
      name: `${ownerKey(owner)}/${id}`,
      id,
      owner,
      method,
      startedAtMs: nowMs,
      lastSeenAtMs: nowMs,
      endsAtMs: nowMs + Math.min(this.#options.lifetimeMs, roleMs),
      sourceAddress: client.sourceAddress,
      userAgent: client.userAgent?.slice(0, USER_AGENT_MAX).toWellFormed() ?? null,
      accessKeyId: accessKeyId ?? null,
      loginChangedAtMs,
      status: "ACTIVE",
    };
  }

  /** One that is over is removed. */
  async #look(
    token: string,
  ): Promise<{ readonly session: SignInSession; readonly standing: Standing } | null> {
    if (!TOKEN.test(token)) return null;
    const { store, clock } = this.#options;
    const arn = arnOf(token);
    const session = await store.sessions.get(arn);
    if (session === null) return null;
    const standing = this.#isOver(session, clock.now()) ? null : await standingOf(session, store);
    if (standing !== null && standing.loginChangedAtMs === session.loginChangedAtMs)
      return { session, standing };
    await store.sessions.remove(arn);
    return null;
  }

  /** Null: it was ended in between, and stays so. */
  async #noteUse(arn: string, nowMs: number): Promise<SignInSession | null> {
    return this.#options.store.transaction(async (tx) => {
      const session = await tx.sessions.get(arn);
      if (session === null) return null;
      const seen = { ...session, lastSeenAtMs: nowMs };
      await tx.sessions.save(seen);
      return seen;
    });
  }

  #isOver({ startedAtMs, lastSeenAtMs, endsAtMs }: SignInSession, nowMs: number): boolean {
    const { idleMs } = this.#options;
    // One that began in the future is a wrong clock's, which was put right: its end is years away, perhaps.
    return nowMs >= endsAtMs || nowMs >= lastSeenAtMs + idleMs || nowMs + idleMs < startedAtMs;
  }

  #notedEveryMs(): number {
    return Math.min(NOTED_EVERY_MS, this.#options.idleMs / 10);
  }

  #signedIn(session: SignInSession, { name, role, mustChange }: Standing): SignedIn {
    return {
      session,
      name,
      principal: principalOf(session, role, this.#options.scope),
      // Who came by a link or from the provider proved who they are without it.
      mustChangePassword: mustChange && session.method === "password",
      idleUntilMs: Math.min(session.endsAtMs, session.lastSeenAtMs + this.#options.idleMs),
    };
  }
}

interface Beginning extends SessionWish {
  readonly client: SignInClient;
}

/** What a session needs of its owner. */
interface Standing {
  readonly name: string;
  readonly role: Role | null;
  readonly loginChangedAtMs: number | null;
  readonly mustChange: boolean;
}

/** Null: gone, also when another one has its name now. */
async function standingOf(
  { owner, accessKeyId = null }: Pick<SignInSession, "owner"> & { readonly accessKeyId?: string | null },
  rows: Rows,
): Promise<Standing | null> {
  if (accessKeyId !== null && (await rows.accessKeys.get(accessKeyId))?.isActive !== true) return null;
  if (owner.kind === "root") return { name: "root", role: null, loginChangedAtMs: null, mustChange: false };
  if (owner.kind === "role") {
    const role = await rows.roles.get(owner.roleArn);
    if (role?.id !== owner.roleId) return null;
    return { name: role.name, role, loginChangedAtMs: null, mustChange: false };
  }
  const user = await rows.users.get(owner.userArn);
  if (user?.id !== owner.userId) return null;
  const { name, login } = user;
  return {
    name,
    role: null,
    loginChangedAtMs: login?.changedAtMs ?? null,
    mustChange: login?.mustChange ?? false,
  };
}

/** Oldest first. */
async function readOf(
  owner: SessionOwner,
  { sessions }: Pick<Rows, "sessions">,
): Promise<readonly SignInSession[]> {
  const prefix = `${ownerKey(owner)}/`;
  const { rows } = await sessions.list({ after: prefix, limit: SESSIONS_MAX });
  return rows.filter(({ name }) => name.startsWith(prefix));
}

function principalOf(
  { owner, startedAtMs, endsAtMs }: SignInSession,
  role: Role | null,
  { account }: AccountScope,
): Principal {
  if (owner.kind === "root") {
    return { kind: "root", arn: `arn:aws:iam::${account}:root`, accessKeyId: null };
  }
  if (owner.kind === "user") return { ...owner, arn: owner.userArn, accessKeyId: null };
  return {
    ...owner,
    arn: `arn:aws:sts::${account}:assumed-role/${role?.name ?? ""}/${owner.sessionName}`,
    accessKeyId: null,
    issuedAtMs: startedAtMs,
    expiresAtMs: endsAtMs,
  };
}

function arnOf(token: string): string {
  return `session/${createHash("sha256").update(token).digest("hex")}`;
}
