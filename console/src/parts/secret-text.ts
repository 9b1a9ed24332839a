/** A secret's value as people edit it: one text, or keys with values, which are kept as JSON. */

export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Null: it is no JSON object of texts. */
export function toPairs(text: string): readonly Pair[] | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    const entries = Object.entries(value);
    if (!entries.every((entry): entry is [string, string] => typeof entry[1] === "string")) return null;
    return entries.map(([key, one]) => ({ key, value: one }));
  } catch {
    return null;
  }
}

export function fromPairs(pairs: readonly Pair[]): string {
  return JSON.stringify(Object.fromEntries(pairs.map(({ key, value }) => [key, value])));
}

/** Each key once, none empty. */
export function arePairsComplete(pairs: readonly Pair[]): boolean {
  const keys = pairs.map(({ key }) => key.trim());
  return keys.length > 0 && !keys.includes("") && new Set(keys).size === keys.length;
}
