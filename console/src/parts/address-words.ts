/** Words of an address, behind its `?`. Pure. */
export type AddressChanges = Readonly<Record<string, string | number | null>>;

/** The router reads words as JSON where they are it: a text in quotes would lose them. */
function asWord(text: string): string {
  return readJson(text) === undefined ? text : JSON.stringify(text);
}

/** What a word says: the text that was put there. */
export function wordText(word: string | null): string | null {
  const value = word === null ? undefined : readJson(word);
  return typeof value === "string" ? value : word;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `/services/x/logs?at=5`; null takes a word away. */
export function addressOf(pathname: string, words: URLSearchParams, changes: AddressChanges): string {
  const changed = new URLSearchParams(words);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) changed.delete(name);
    else changed.set(name, typeof value === "number" ? String(value) : asWord(value));
  }
  const text = changed.toString();
  return text === "" ? pathname : `${pathname}?${text}`;
}
