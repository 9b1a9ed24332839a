/** A line that is a JSON object, laid out to be read. Pure. */

export interface JsonToken {
  readonly kind: "key" | "string" | "number" | "plain";
  readonly text: string;
  /** Where in the layout it begins. */
  readonly offset: number;
}

const LENGTH_MAX = 256 * 1024;
const TOKEN =
  /(?<key>"(?:[^"\\]|\\.)*")(?=:)|(?<string>"(?:[^"\\]|\\.)*")|(?<number>-?\d[\d.eE+-]*|\btrue\b|\bfalse\b|\bnull\b)/gu;

/** Null for what is no object or list. */
export function layOutJson(line: string): readonly JsonToken[] | null {
  const trimmed = line.trim();
  if (!/^[{[]/u.test(trimmed) || trimmed.length > LENGTH_MAX) return null;
  try {
    return tokensOf(JSON.stringify(JSON.parse(trimmed), null, 2));
  } catch {
    return null;
  }
}

function tokensOf(text: string): readonly JsonToken[] {
  const tokens: JsonToken[] = [];
  let at = 0;
  const add = (kind: JsonToken["kind"], until: number) => {
    if (until > at) tokens.push({ kind, text: text.slice(at, until), offset: at });
    at = until;
  };
  for (const found of text.matchAll(TOKEN)) {
    add("plain", found.index);
    const { key, string } = found.groups ?? {};
    const other = string === undefined ? "number" : "string";
    add(key === undefined ? other : "key", found.index + found[0].length);
  }
  add("plain", text.length);
  return tokens;
}
