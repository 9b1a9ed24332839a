/** What is wrong with a JSON text, and in which line: found while it is typed, or named by the API's refusal. */
import { jsonPlaces, lineAt } from "./json-places.ts";

export interface JsonProblem {
  readonly message: string;
  /** From 1; null: it is not known. */
  readonly line: number | null;
}

/** Null: it is JSON, or there is nothing yet. */
export function syntaxProblem(text: string): JsonProblem | null {
  if (text.trim() === "") return null;
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const { message } = error as SyntaxError;
    return { message: message.replace(/ \(line \d+ column \d+\)$/, ""), line: lineOfSyntax(message, text) };
  }
}

/** `message` of MalformedPolicyDocument. */
export function policyProblem(message: string, text: string): JsonProblem {
  const places = jsonPlaces(text);
  const path = pathOf(message);
  for (let candidate = path; candidate !== ""; candidate = parentOf(candidate)) {
    const found = places.get(memberAt(candidate, message, places));
    if (found !== undefined) return { message, line: lineAt(text, found.start) };
  }
  return { message, line: null };
}

/** V8 tells the line or the position, Firefox the line, Safari nothing. */
function lineOfSyntax(message: string, text: string): number | null {
  const line = /line (\d+)/.exec(message)?.[1];
  if (line !== undefined) return Number(line);
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return lineAt(text, Number(position));
  return message.includes("end of") ? lineAt(text, text.trimEnd().length) : null;
}

const PATH = /\bStatement(?:\[\d+\])?(?:\.[A-Za-z][\w:-]*)*/;
const MEMBERS = ["Effect", "Action", "Resource", "Condition", "Principal", "Sid"];

function pathOf(message: string): string {
  return PATH.exec(message)?.[0] ?? "";
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("."), 0));
}

/** The message often names the member beside the statement: `Invalid effect: allow in Statement[0].` */
function memberAt(path: string, message: string, places: ReadonlyMap<string, unknown>): string {
  const words = message.replace(PATH, "");
  const member = MEMBERS.find(
    (name) => new RegExp(`\\b${name}`, "i").test(words) && places.has(`${path}.${name}`),
  );
  return member === undefined ? path : `${path}.${member}`;
}
