/**
 * The API never repeats names of a service's variables and secrets: its messages count the entries. Who wrote them knows
 * the names, and should not have to count.
 */
import { ApiError } from "./client.ts";

const ENTRY =
  /(?:[\w.]*\.)?(RuntimeEnvironmentSecrets|RuntimeEnvironmentVariables)\{(\d+)\}(?:\.(?:key|value))?/g;
const OPTIONS: Readonly<Record<string, string>> = {
  RuntimeEnvironmentSecrets: "--secret",
  RuntimeEnvironmentVariables: "--env",
};

/** Entries of the request by their names. */
export function withNames(message: string, request: unknown): string {
  return message.replaceAll(ENTRY, (whole, member: string, index: string) => {
    const name = namesIn(request, member)[Number(index)];
    return name === undefined ? whole : `${OPTIONS[member] ?? member} ${name}`;
  });
}

/** What is thrown says the names. */
export async function namingSecrets<Reply>(request: unknown, reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError(error.code, error.status, withNames(error.message, request));
  }
}

/** Keys of the first member of that name, wherever it is. */
function namesIn(value: unknown, member: string): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  for (const [name, below] of Object.entries(value)) {
    if (name === member && typeof below === "object" && below !== null) return Object.keys(below);
    const found = namesIn(below, member);
    if (found.length > 0) return found;
  }
  return [];
}
