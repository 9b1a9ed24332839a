/** Passwords of users: turned into what may be stored, and compared with it. Implementation: `identity/passwords/`. */

export interface Passwords {
  /** In PHC's text form, with its parameters and salt. Throws PasswordsBusy. */
  hash(text: string): Promise<string>;
  /** `hash` null, where there is no such user or they have no password: takes as long, and is false. Throws PasswordsBusy. */
  verify(text: string, hash: string | null, asker: PasswordAsker): Promise<boolean>;
  /** Why this must not become that user's password, as a whole sentence; null when it may. */
  problemOf(text: string, userName: string): string | null;
}

/** Strangers wait until nobody waits who was let in before, and never take their places. */
export type PasswordAsker = "known" | "stranger";

/** Too many wait already: each takes memory and a core. */
export class PasswordsBusy extends Error {
  override readonly name = "PasswordsBusy";
}
