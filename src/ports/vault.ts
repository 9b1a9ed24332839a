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
