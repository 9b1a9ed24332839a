/** Encrypts what must not lie readable in the database. Implementation: `secrets/` (AES-256-GCM). */
export interface Vault {
  /** Bound to its purpose: text sealed for one purpose cannot be opened for another. */
  seal(purpose: string, text: string): string;
  /** Throws SealBroken when the text was changed, sealed for another purpose or under another key. */
  open(purpose: string, sealed: string): string;
}

export class SealBroken extends Error {
  override readonly name = "SealBroken";
}

/** The master key, under which the vault's own keys are. */
export interface VaultKeeping {
  status(): VaultStatus;
  /**
   * Wraps the vault's keys under the next master key. What was sealed before is still opened, and a crash at any moment leaves
   * all of it readable. Throws RotationRefused.
   */
  rotate(): Promise<VaultStatus>;
}

export interface VaultStatus {
  readonly origin: "file" | "environment" | "command";
  /** Tells one master key from another; not secret. */
  readonly masterKeyId: string;
  /** Also opens the vault, until it is made the present one; null: none is awaited. */
  readonly nextMasterKeyId: string | null;
  readonly dataKeyCount: number;
  readonly rotatedAtMs: number | null;
  /** Files with master keys that only older backups of the database need. */
  readonly oldFiles: readonly string[];
}

/** The message says what to do. */
export class RotationRefused extends Error {
  override readonly name = "RotationRefused";
}
