/** Somebody who signed in to the console: on whose behalf, how, from where, and how long it holds. */

export interface SignInSession {
  /** Made of the hash of its token: who reads the database cannot take the session over. */
  readonly arn: string;
  /** The owner's key, a slash and the id: those of an owner lie beside each other, oldest first. */
  readonly name: string;
  /** What its owner knows it by; not secret. */
  readonly id: string;
  readonly owner: SessionOwner;
  readonly method: SignInMethod;
  readonly startedAtMs: number;
  /** To the minute. */
  readonly lastSeenAtMs: number;
  /** However busy it is. */
  readonly endsAtMs: number;
  readonly sourceAddress: string | null;
  readonly userAgent: string | null;
  /** With which the link was asked for, where it began with one: without that key it ends. */
  readonly accessKeyId: string | null;
  /** Of the user's login when it began: another password, or none any more, ends it. */
  readonly loginChangedAtMs: number | null;
  /** Removed rows are gone; kept for the table, which asks. */
  readonly status: "ACTIVE";
}

export type SignInMethod = "password" | "link" | "oidc";

export type SessionOwner =
  | { readonly kind: "root" }
  | { readonly kind: "user"; readonly userArn: string; readonly userId: string }
  | {
      readonly kind: "role";
      readonly roleArn: string;
      readonly roleId: string;
      readonly sessionName: string;
    };

/** Tells owners apart; another one when a name is used again. */
export function ownerKey(owner: SessionOwner): string {
  if (owner.kind === "root") return "root";
  return owner.kind === "user" ? owner.userId : `${owner.roleId}:${owner.sessionName}`;
}
