/** Pages by key: the next page starts after the last row's key, so a page costs what it holds, wherever it is. */
import { type Expression, sql, type SqlBool } from "kysely";
import { SlipwayError } from "../domain/error.ts";
import type { Page, PageRequest } from "../ports/store.ts";

/** One more than asked for tells whether this is the last page. */
export function rowsToFetch({ limit }: PageRequest): number {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`a page of ${limit} rows`);
  return limit + 1;
}

export function toPage<Stored, Row>(
  fetched: readonly Stored[],
  { limit }: PageRequest,
  { decode, keyOf }: { decode: (stored: Stored) => Row; keyOf: (stored: Stored) => string },
): Page<Row> {
  const kept = fetched.slice(0, limit);
  const last = kept.at(-1);
  const isLastPage = fetched.length <= limit || last === undefined;
  return { rows: kept.map(decode), lastKey: isLastPage ? null : keyOf(last) };
}

interface Recorded {
  readonly sequence: number;
  readonly created_at_ms: number;
}

/** Key of a row in an order by creation. */
export function creationKey({ created_at_ms, sequence }: Recorded): string {
  return `${created_at_ms}-${sequence}`;
}

/** The rows that follow the key in the order newest first. */
export function isOlderThan(key: string): Expression<SqlBool> {
  const [createdAtMs, sequence] = parseNumbers(key, /^(\d{1,15})-(\d{1,15})$/);
  return sql<SqlBool>`(created_at_ms, sequence) < (${createdAtMs}, ${sequence})`;
}

export function parseNumberKey(key: string): number {
  return parseNumbers(key, /^(\d{1,15})$/)[0] ?? 0;
}

/** Key of a row in an order by name and revision. */
export function revisionKey(row: { readonly name: string; readonly revision: number }): string {
  return `${row.revision}/${row.name}`;
}

export function parseRevisionKey(key: string): { readonly name: string; readonly revision: number } {
  const [revision = 0] = parseNumbers(key, /^(\d{1,15})\//);
  return { revision, name: key.slice(key.indexOf("/") + 1) };
}

function parseNumbers(key: string, pattern: RegExp): readonly number[] {
  const match = pattern.exec(key);
  if (match === null) throw new SlipwayError("ForeignToken");
  return match.slice(1).map(Number);
}
