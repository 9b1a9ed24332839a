/**
 * What a deployment needs of secrets and parameters: the value that a reference of the user means now, and later the very
 * same value again. Implementation: `secrets/`.
 */
import type { PinnedSecret } from "../domain/secret.ts";

export type { PinnedSecret };

/** A reference as users write it: `name → value-from` of App Runner. */
export interface SecretValues {
  /**
   * Finds what the reference means now: a Secrets Manager ARN (with `:json-key:version-stage:version-id`, parts may be
   * empty), an SSM parameter ARN, or the name of an SSM parameter. Whether the value can be had, `read` tells. Throws
   * SecretUnavailable.
   */
  resolve(reference: string): Promise<PinnedSecret>;
  /** The value of a pinned secret, also after newer versions. Throws SecretUnavailable once that version is gone. */
  read(pinned: PinnedSecret): Promise<string>;
}

/** The message names the reference, what is wrong with it, and what would be right; never a value. */
export class SecretUnavailable extends Error {
  override readonly name = "SecretUnavailable";
}
