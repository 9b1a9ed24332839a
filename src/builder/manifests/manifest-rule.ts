/** What the rules of all languages share: see `dependency-layer.ts`. */

/** A directory as the rules of one language see it. */
export interface ManifestDirectory {
  /** Null when it is missing or too large to be looked through. */
  readonly read: (name: string) => Promise<string | null>;
  readonly has: (name: string) => Promise<boolean>;
  /** Whether a directory above, within the repository, has a file of this name. */
  readonly hasAbove: (name: string) => Promise<boolean>;
}

/** Names of the files that the command reads; null when that cannot be told. */
export type ManifestRule = (
  command: string,
  directory: ManifestDirectory,
) => Promise<readonly string[] | null>;

/** Those of the names that are there. */
export async function presentOf(
  directory: ManifestDirectory,
  names: readonly string[],
): Promise<readonly string[]> {
  const present = await Promise.all(names.map((name) => directory.has(name)));
  return names.filter((_name, index) => present[index]);
}

export async function hasAny(directory: ManifestDirectory, names: readonly string[]): Promise<boolean> {
  return (await presentOf(directory, names)).length > 0;
}

/** An object of a JSON file; null for anything else. */
export function parseObject(text: string | null): Readonly<Record<string, unknown>> | null {
  if (text === null) return null;
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : null;
}
