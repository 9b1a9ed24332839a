/** Where the members of a JSON text stand in it, by paths as the API's messages write them: `Statement[1].Action`. */

export interface JsonPlace {
  /** Of the value's first character. */
  readonly start: number;
  /** Behind its last character. */
  readonly end: number;
}

interface Token {
  readonly text: string;
  readonly index: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

/** Of a text that is not JSON, what stands before the first mistake. */
export function jsonPlaces(text: string): ReadonlyMap<string, JsonPlace> {
  const tokens = [...text.matchAll(TOKEN)].map(({ 0: found, index }) => ({ text: found, index }));
  const places = new Map<string, JsonPlace>();
  try {
    readValue({ tokens, at: 0, places }, "");
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return places;
}

/** From 1. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

interface Reading {
  readonly tokens: readonly Token[];
  at: number;
  readonly places: Map<string, JsonPlace>;
}

function readValue(reading: Reading, path: string): void {
  const first = next(reading);
  if (first.text === "{") readMembers(reading, path);
  if (first.text === "[") readElements(reading, path);
  const last = reading.tokens[reading.at - 1] ?? first;
  reading.places.set(path, { start: first.index, end: last.index + last.text.length });
}

function readMembers(reading: Reading, path: string): void {
  if (closes(reading, "}")) return;
  for (;;) {
    const name = nameOf(next(reading).text);
    next(reading);
    readValue(reading, path === "" ? name : `${path}.${name}`);
    if (next(reading).text !== ",") return;
  }
}

function readElements(reading: Reading, path: string): void {
  if (closes(reading, "]")) return;
  for (let index = 0; ; index++) {
    readValue(reading, `${path}[${index}]`);
    if (next(reading).text !== ",") return;
  }
}

/** Throws RangeError: it is none. */
function nameOf(token: string): string {
  if (!token.startsWith(`"`)) throw new RangeError("no name");
  try {
    return String(JSON.parse(token));
  } catch {
    throw new RangeError("no name");
  }
}

function closes(reading: Reading, bracket: string): boolean {
  if (reading.tokens[reading.at]?.text !== bracket) return false;
  reading.at++;
  return true;
}

function next(reading: Reading): Token {
  const token = reading.tokens[reading.at++];
  if (token === undefined) throw new RangeError("the text ends");
  return token;
}
