import type { ExternalPlace } from "../domain/secret-reference.ts";

/**
 * A store of secrets that is not ours, for references that lead to it. Implementation: `secrets/vault/` (HashiCorp Vault and OpenBao).
 *
 * All throw SecretUnavailable, whose message says what is wrong and what would be right, and never a value.
 */
export interface SecretProvider {
  /** What the place holds now, or in the version that is named. */
  resolve(place: ExternalPlace): Promise<ExternalVersion>;
  /** The value of that very version. */
  read(place: ExternalPlace, version: ExternalVersion): Promise<string>;
  /** Keeps its credentials alive until the signal is aborted. Never rejects. */
  run(end: AbortSignal): Promise<void>;
}

export interface ExternalVersion {
  readonly versionId: string;
  readonly createdAtMs: number;
}
