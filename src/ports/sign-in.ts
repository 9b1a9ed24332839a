/** Signing in to the console, and what it gives: a session, known by a token that only the browser has. Implementation: `identity/`. */
import type { Principal, User } from "../domain/identity.ts";
import type { SessionOwner, SignInMethod, SignInSession } from "../domain/sign-in-session.ts";

export interface SignIn {
  readonly sessions: Sessions;
  /** As long whether or not there is such a user. */
  withPassword(attempt: PasswordAttempt): Promise<PasswordOutcome>;
  /** Of somebody who acts as this user already, and might guess. */
  confirmPassword(
    user: Pick<User, "name" | "login">,
    password: string,
  ): Promise<{ readonly kind: "right" | "wrong" } | TryLater>;
  /** Null: the link was used, is too old, or never was. */
  withLink(token: string, client: SignInClient): Promise<NewSession | null>;
  /** Throws SignInRefused for who cannot have one. */
  createLink(principal: Principal): SignInLink;
  /** Null: none is set. */
  readonly provider: IdentityProvider | null;
}

/** Where somebody signs in from. */
export interface SignInClient {
  readonly sourceAddress: string | null;
  readonly userAgent: string | null;
}

export interface PasswordAttempt extends SignInClient {
  readonly userName: string;
  readonly password: string;
  /** What this browser got when somebody signed in with it before; null: nothing. */
  readonly deviceToken: string | null;
}

export type PasswordOutcome =
  | { readonly kind: "signed in"; readonly session: NewSession; readonly deviceToken: string }
  /** `isKnown`: there is such a user; never told to who asks. */
  | { readonly kind: "refused"; readonly isKnown: boolean }
  | TryLater;

/** Too many attempts: this one was not looked at. */
export interface TryLater {
  readonly kind: "later";
  readonly retryAfterMs: number;
}

export interface NewSession {
  /** Secret; stored nowhere. */
  readonly token: string;
  readonly signedIn: SignedIn;
}

export interface SignInLink {
  /** Secret; good for one use. */
  readonly token: string;
  readonly expiresAtMs: number;
}

export interface SignedIn {
  readonly session: SignInSession;
  readonly principal: Principal;
  /** Of the user or role, or `root`. */
  readonly name: string;
  /** May do nothing else before. */
  readonly mustChangePassword: boolean;
  /** Unless it is used before. */
  readonly idleUntilMs: number;
}

export interface SessionWish {
  readonly owner: SessionOwner;
  readonly method: SignInMethod;
  /** Of the key that the link was asked for with. */
  readonly accessKeyId?: string;
}

export interface Sessions {
  /** Throws SignInRefused when its owner, or the key, is gone. */
  begin(wish: SessionWish, client: SignInClient): Promise<NewSession>;
  /** Null: ended, idle too long, or its owner is gone or has another password. Counts as use. */
  find(token: string): Promise<SignedIn | null>;
  /** The same, and no use: for what goes on by itself. */
  look(token: string): Promise<SignedIn | null>;
  /** Whether `look` finds somebody. */
  holds(token: string): Promise<boolean>;
  /** Newest first. */
  listOf(owner: SessionOwner): Promise<readonly SignInSession[]>;
  /** False: the owner has no such session. */
  end(owner: SessionOwner, id: string): Promise<boolean>;
  endAll(owner: SessionOwner): Promise<void>;
}

/** Says who somebody is: OpenID Connect. */
export interface IdentityProvider {
  /** Where the browser goes; `state`, sealed, stays with it until it comes back. Throws ProviderUnavailable. */
  begin(): Promise<{ readonly url: string; readonly state: string }>;
  /** `callback`: the query of the address that it came back to. Throws ProviderUnavailable, SignInRefused. */
  complete(callback: string, state: string): Promise<SessionOwner>;
  /** Where the browser goes to be signed out there, too; null: it has no such place, or is not reached. */
  signOutUrl(): Promise<string | null>;
}

/** The message is for who signs in. */
export class SignInRefused extends Error {
  override readonly name = "SignInRefused";
}

export class ProviderUnavailable extends Error {
  override readonly name = "ProviderUnavailable";
}
