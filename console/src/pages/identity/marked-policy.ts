/** A policy's text: the lines of one statement, found by where the simulation says that it begins, and what statements speak of. */
import { jsonPlaces, lineAt } from "../../parts/json-places.ts";

export interface MarkedPolicy {
  readonly text: string;
  /** What the statement is called: its Sid, or where it stands. */
  readonly name: string;
  /** From 1; null: it is not there any more. */
  readonly lines: { readonly from: number; readonly to: number } | null;
}

export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** `raw` is the text as the API keeps it; on a single line it is laid out for reading. */
export function markedPolicy(raw: string, { line, column }: TextPosition): MarkedPolicy {
  const lines = raw.split("\n");
  const index = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  const path = pathAt(raw, index);
  const text = lines.length > 2 ? raw : laidOut(raw);
  const place = path === null ? undefined : jsonPlaces(text).get(path);
  if (path === null || place === undefined) return { text, name: "Statement", lines: null };
  const from = lineAt(text, place.start);
  return {
    text,
    name: nameOf(text.slice(place.start, place.end), path),
    lines: { from, to: lineAt(text, place.end - 1) },
  };
}

/**
 * Whether the pattern of an action covers it: `*` and `?`, in any case. Without a regular expression, which many stars would have
 * try for ever: only the last star is ever moved.
 */
export function coversAction(pattern: string, action: string): boolean {
  const [wanted, text] = [pattern.toLowerCase(), action.toLowerCase()];
  let [at, place] = [0, 0];
  let star: { readonly after: number; readonly from: number } | null = null;
  while (place < text.length) {
    const one = wanted[at];
    if (one === "*") {
      at += 1;
      star = { after: at, from: place };
    } else if (one === "?" || one === text[place]) {
      at += 1;
      place += 1;
    } else if (star === null) {
      return false;
    } else {
      star = { after: star.after, from: star.from + 1 };
      [at, place] = [star.after, star.from];
    }
  }
  return /^\**$/.test(wanted.slice(at));
}

/** Names of the statements that allow the action to something, whatever the resource and the conditions. */
export function allowingStatements(raw: string, action: string): readonly string[] {
  const { statements, isList } = statementsIn(raw);
  return statements.flatMap((statement, index) => {
    if (statement["Effect"] !== "Allow" || !coversIn(statement, action)) return [];
    return typeof statement["Sid"] === "string"
      ? statement["Sid"]
      : isList
        ? `Statement[${index}]`
        : "Statement";
  });
}

export interface SpokenAction {
  /** To something, whatever the resource and the conditions. */
  readonly isAllowed: boolean;
  readonly isDenied: boolean;
}

/** What its statements speak of: whether the action is allowed or denied there. Null: of other actions. */
export function spokenAction(raw: string, action: string): SpokenAction | null {
  const speaking = statementsIn(raw).statements.filter((one) => coversIn(one, action));
  const isAllowed = speaking.some(({ Effect }) => Effect === "Allow");
  const isDenied = speaking.some(({ Effect }) => Effect === "Deny");
  return isAllowed || isDenied ? { isAllowed, isDenied } : null;
}

/** Of whatever text; one that is no policy has none. */
function statementsIn(raw: string) {
  const written = (readJson(raw) as { readonly Statement?: unknown } | null)?.Statement;
  const statements = [written ?? []].flat().filter((one) => typeof one === "object" && one !== null);
  return { statements: statements as Record<string, unknown>[], isList: Array.isArray(written) };
}

function coversIn({ Action, NotAction }: Record<string, unknown>, action: string): boolean {
  const patterns = (value: unknown) => [value ?? []].flat().filter((one) => typeof one === "string");
  if (NotAction !== undefined) return !patterns(NotAction).some((one) => coversAction(one, action));
  return patterns(Action).some((one) => coversAction(one, action));
}

function pathAt(text: string, index: number): string | null {
  for (const [path, { start }] of jsonPlaces(text)) {
    if (start === index && /^Statement(?:\[\d+\])?$/.test(path)) return path;
  }
  return null;
}

function nameOf(statement: string, path: string): string {
  const value = readJson(statement) as { readonly Sid?: unknown } | null;
  return typeof value?.Sid === "string" && value.Sid !== "" ? value.Sid : path;
}

function laidOut(text: string): string {
  const value = readJson(text);
  return value === null ? text : JSON.stringify(value, null, 2);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
