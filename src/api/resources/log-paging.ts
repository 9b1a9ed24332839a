/** Pages of CloudWatch Logs' lists: limit, nextToken in and out. The limit may change from page to page. */
import type { OperationName } from "../../contract/index.ts";
import type { Page, PageRequest } from "../../ports/store.ts";
import type { HandlerContext } from "../handler.ts";

const DEFAULT_LIMIT = 50;

interface LogPageInput {
  readonly nextToken?: string | undefined;
  readonly limit?: number | undefined;
}

export interface ListedLogs<Row> {
  readonly rows: readonly Row[];
  /** Ready to be spread into the reply. */
  readonly nextToken: { readonly nextToken?: string };
}

export async function readLogPage<Row>(
  { operation, input }: { readonly operation: OperationName; readonly input: LogPageInput },
  { pageTokens }: Pick<HandlerContext, "pageTokens">,
  read: (page: PageRequest) => Promise<Page<Row>>,
): Promise<ListedLogs<Row>> {
  const { nextToken, limit = DEFAULT_LIMIT, ...others } = input;
  const binding = [operation, others];
  const after = nextToken === undefined ? null : await pageTokens.open(nextToken, binding);
  const { rows, lastKey } = await read({ after, limit });
  return { rows, nextToken: lastKey === null ? {} : { nextToken: await pageTokens.seal(lastKey, binding) } };
}

/**
 * The page of a list that is at hand, whose rows have keys in ascending order. A row that came or went between two pages
 * moves no other.
 */
export function pageByKey<Row>(
  rows: readonly Row[],
  { keyOf, compare }: { keyOf: (row: Row) => string; compare: (a: string, b: string) => number },
): (page: PageRequest) => Promise<Page<Row>> {
  return async ({ after, limit }) => {
    const ordered = rows.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
    const left = after === null ? ordered : ordered.filter((row) => compare(keyOf(row), after) > 0);
    const kept = left.slice(0, limit);
    const last = kept.at(-1);
    return { rows: kept, lastKey: last === undefined || left.length <= limit ? null : keyOf(last) };
  };
}

export function ascending(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
