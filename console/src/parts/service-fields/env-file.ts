/**
 * Reads a pasted .env file: one KEY=VALUE a line, as `slipway deploy --env-file` does. Blank lines, comments and `export ` are
 * skipped; single quotes keep what is in them, double quotes know \n, \t, \r, \" and \\. Nothing is replaced.
 */
import type { DraftEntry } from "./draft.ts";

const NAME = /^[A-Za-z_][\w.-]*$/;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

export interface EnvFile {
  readonly entries: readonly DraftEntry[];
  /** Numbers of lines that are not KEY=VALUE, from 1. Never the lines: they may hold a secret. */
  readonly wrongLines: readonly number[];
}

export function parseEnvFile(text: string): EnvFile {
  const entries = new Map<string, string>();
  const wrongLines: number[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, name = "", value = ""] = /^(?:export\s+)?([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
    const plain = unquote(value);
    if (NAME.test(name) && plain !== null) entries.set(name, plain);
    else wrongLines.push(index + 1);
  }
  return { entries: [...entries].map(([name, value]) => ({ name, value })), wrongLines };
}

/** Null: a quote is never closed. */
function unquote(value: string): string | null {
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return value.replace(/\s+#.*$/, "");
  const pattern = quote === "'" ? /^'([^']*)'\s*(?:#.*)?$/ : /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/;
  const inner = pattern.exec(value)?.[1];
  if (inner === undefined) return null;
  return quote === "'"
    ? inner
    : inner.replaceAll(/\\(.)/g, (_whole, character: string) => ESCAPES[character] ?? character);
}

/** What is there, with `added` over it. Rows that nobody has filled in go. */
export function withEntries(
  present: readonly DraftEntry[],
  added: readonly DraftEntry[],
): readonly DraftEntry[] {
  const given = new Map(added.map(({ name, value }) => [name, value]));
  const kept = present.filter(({ name, value }) => name !== "" || value !== "");
  const names = new Set(kept.map(({ name }) => name));
  return [
    ...kept.map(({ name, value }) => ({ name, value: given.get(name) ?? value })),
    ...[...given].filter(([name]) => !names.has(name)).map(([name, value]) => ({ name, value })),
  ];
}
