/** Secrets in the environment of a service: records hold what names a value, never the value. */

/** One version of a secret or parameter: what a release remembers. Tells nothing of the value. */
export interface PinnedSecret {
  /** As the user gave it. */
  readonly reference: string;
  /** Secrets Manager's version id, or an SSM parameter's version number as text. */
  readonly versionId: string;
  /** Of the version: of a parameter that was deleted and made anew the numbers are the same, and the values are not. */
  readonly createdAtMs: number;
}

/** Name in the container → reference to a secret. */
export type SecretReferences = Readonly<Record<string, string>>;

/** Name in the container → the version that it gets. */
export type PinnedSecrets = Readonly<Record<string, PinnedSecret>>;

/** The same for the same versions of the same references, in any order. */
export function versionsKey(secrets: PinnedSecrets): string {
  const parts = Object.entries(secrets).map(([name, { reference, versionId, createdAtMs }]) =>
    JSON.stringify([name, reference, versionId, createdAtMs]),
  );
  return parts.toSorted().join(" ");
}
