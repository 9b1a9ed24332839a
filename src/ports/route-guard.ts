/** What the edge keeps from a service, whatever name of it is asked for. */
import type { Protection } from "../domain/protection.ts";

export type RouteGuard = Omit<Protection, "basicAuth"> & {
  /** Null: nobody is asked for a password. */
  readonly passwords: PasswordDigests | null;
};

/** Without digests nobody gets in. */
export interface PasswordDigests {
  /** Of letters and digits, 64 at most. */
  readonly salt: string;
  /** SHA-256 of `salt:user:password`, lower-case hex. */
  readonly digests: readonly string[];
}
