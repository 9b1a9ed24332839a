/** What the list of services is filtered by, and in which words. Pure. */
import type { Output } from "../../api/wire.ts";
import { serviceStatusText } from "../../parts/service-status.tsx";

export type ServiceRow = Output<"Slipway.ListServiceOverviews">["Services"][number];

export interface RowFilter {
  /** Empty: any. */
  readonly status: string;
  /** `key=value`; empty: any. */
  readonly tag: string;
}

/** Slipway's own tags say how a service is, not what it belongs to. */
const OWN_TAGS = "slipway:";

export function filterRows(rows: readonly ServiceRow[], { status, tag }: RowFilter): readonly ServiceRow[] {
  return rows.filter(
    (row) => (status === "" || row.Status === status) && (tag === "" || tagsOf(row).includes(tag)),
  );
}

/** Each value that occurs, with how often; the most frequent first. */
export function countValues(values: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([one, many], [other, more]) => more - many || one.localeCompare(other));
}

export function tagsOf({ Tags: tags }: ServiceRow): readonly string[] {
  return tags
    .filter(({ Key: key = "" }) => !key.startsWith(OWN_TAGS))
    .map(({ Key: key, Value: value }) => (value ? `${key}=${value}` : `${key}`));
}

export function statusText({ Status: status, LastOperation: operation }: ServiceRow): string {
  return serviceStatusText({ status, operationType: operation?.Type });
}

/** The end of it is what tells one from another: `team/web:1`, `github.com/team/shop`. */
export function sourceText({ Source: source, Branch: branch }: ServiceRow): string {
  const bare = source.replace(/^https?:\/\//, "").replace(/\.git$/, "");
  return branch === undefined ? bare : `${bare} (${branch})`;
}
