/** Signing in: by a password, with a limit on guessing, by a link, or as whom the identity provider says. */
import type { KeyObject } from "node:crypto";
import type { AccountScope } from "../../domain/arn.ts";
import type { Principal, User } from "../../domain/identity.ts";
import type { Clock } from "../../ports/clock.ts";
import { type Passwords, PasswordsBusy } from "../../ports/passwords.ts";
import {
  type IdentityProvider,
  type NewSession,
  type PasswordAttempt,
  type PasswordOutcome,
  type SessionWish,
  type SignIn,
  type SignInClient,
  type SignInLink,
  SignInRefused,
  type TryLater,
} from "../../ports/sign-in.ts";
import type { Store } from "../../ports/store.ts";
import { AttemptLimit, type AttemptSource } from "./attempt-limit.ts";
import { DeviceTokens } from "./device-tokens.ts";
import { SignInLinks } from "./sign-in-links.ts";
import { StoredSessions } from "./stored-sessions.ts";

export interface StoredSignInOptions {
  readonly store: Pick<Store, "transaction" | "sessions" | "users" | "roles" | "accessKeys">;
  readonly scope: AccountScope;
  readonly clock: Pick<Clock, "now">;
  readonly passwords: Passwords;
  /** For the tokens of browsers. */
  readonly deviceKey: KeyObject;
  readonly provider: IdentityProvider | null;
  readonly idleMs: number;
  readonly lifetimeMs: number;
}

const BUSY_RETRY_MS = 2_000;

export class StoredSignIn implements SignIn {
  readonly sessions: StoredSessions;
  readonly provider: IdentityProvider | null;
  readonly #options: StoredSignInOptions;
  readonly #limit: AttemptLimit;
  readonly #devices: DeviceTokens;
  readonly #links: SignInLinks;

  constructor(options: StoredSignInOptions) {
    this.#options = options;
    this.sessions = new StoredSessions(options);
    this.provider = options.provider;
    this.#limit = new AttemptLimit(options.clock);
    this.#devices = new DeviceTokens(options.deviceKey, options.clock);
    this.#links = new SignInLinks(options.clock);
  }

  async withPassword(attempt: PasswordAttempt): Promise<PasswordOutcome> {
    const { userName, sourceAddress, deviceToken } = attempt;
    const proof = this.#devices.isOf(userName, deviceToken) ? "device" : "none";
    const source: AttemptSource = { userName, sourceAddress, proof };
    return this.#limited(source, () => this.#compare(attempt, source));
  }

  async confirmPassword({ name, login }: Pick<User, "name" | "login">, password: string) {
    const source: AttemptSource = { userName: name, sourceAddress: null, proof: "caller" };
    return this.#limited(source, async () => {
      const isRight = await this.#options.passwords.verify(password, login?.passwordHash ?? null, "known");
      if (isRight) this.#limit.succeeded(source);
      return { kind: isRight ? "right" : "wrong" } as const;
    });
  }

  async withLink(token: string, client: SignInClient): Promise<NewSession | null> {
    const issued = this.#links.redeem(token);
    return issued === null ? null : this.#beginOrNull({ ...issued, method: "link" }, client);
  }

  createLink(principal: Principal): SignInLink {
    return this.#links.create(principal);
  }

  async #limited<Outcome>(source: AttemptSource, look: () => Promise<Outcome>): Promise<Outcome | TryLater> {
    const waitMs = this.#limit.admit(source);
    if (waitMs > 0) return { kind: "later", retryAfterMs: waitMs };
    try {
      return await look();
    } catch (error) {
      this.#limit.dropped(source);
      if (error instanceof PasswordsBusy) return { kind: "later", retryAfterMs: BUSY_RETRY_MS };
      throw error;
    }
  }

  async #compare(attempt: PasswordAttempt, source: AttemptSource): Promise<PasswordOutcome> {
    const { store, passwords } = this.#options;
    const user = await store.users.findByName(attempt.userName);
    const asker = this.#limit.isKnown(source) ? "known" : "stranger";
    const isRight = await passwords.verify(attempt.password, user?.login?.passwordHash ?? null, asker);
    const signedIn = isRight && user !== null ? await this.#noteUse(user) : null;
    if (signedIn === null) return { kind: "refused", isKnown: user !== null };
    const owner = { kind: "user", userArn: signedIn.arn, userId: signedIn.id } as const;
    const session = await this.#beginOrNull({ owner, method: "password" }, attempt);
    if (session === null) return { kind: "refused", isKnown: true };
    if (session.signedIn.session.loginChangedAtMs !== signedIn.login?.changedAtMs) {
      // Another password in this very moment.
      await this.sessions.end(owner, session.signedIn.session.id);
      return { kind: "refused", isKnown: true };
    }
    this.#limit.succeeded(source);
    return { kind: "signed in", session, deviceToken: this.#devices.issue(signedIn.name) };
  }

  /** Null: user or key are gone in this very moment. */
  async #beginOrNull(wish: SessionWish, client: SignInClient): Promise<NewSession | null> {
    try {
      return await this.sessions.begin(wish, client);
    } catch (error) {
      if (error instanceof SignInRefused) return null;
      throw error;
    }
  }

  /** Null: removed, or with another password, while this one was compared. */
  async #noteUse(compared: User): Promise<User | null> {
    const lastUsedAtMs = this.#options.clock.now();
    return this.#options.store.transaction(async (tx) => {
      const user = await tx.users.get(compared.arn);
      if (user?.id !== compared.id || user.login?.passwordHash !== compared.login?.passwordHash) return null;
      const noted = { ...user, login: user.login === null ? null : { ...user.login, lastUsedAtMs } };
      await tx.users.save(noted);
      return noted;
    });
  }
}
