/** Pages of a list operation: MaxResults, NextToken in and out. */
import type { OperationName } from "../contract/index.ts";
import { SlipwayError } from "../domain/error.ts";
import type { Page, PageRequest } from "../ports/store.ts";
import type { HandlerContext } from "./handler.ts";

/** Without MaxResults App Runner sends everything at once; so do we, but never more than this in one reply. */
const MAX_ROWS = 1000;

/** The limit for reading a whole list where quotas keep it short. */
export const ALL_ROWS = 100_000;

interface PagedInput {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

export interface ListedPage<Row> {
  readonly rows: readonly Row[];
  /** Ready to be spread into the reply. */
  readonly nextToken: { readonly NextToken?: string };
}

/** Reads the page that the input asks for. */
export async function readPage<Row>(
  { operation, input }: { readonly operation: OperationName; readonly input: PagedInput },
  { pageTokens }: Pick<HandlerContext, "pageTokens">,
  read: (page: PageRequest) => Promise<Page<Row>>,
): Promise<ListedPage<Row>> {
  const { NextToken, ...others } = input;
  const binding = [operation, others];
  const after = NextToken === undefined ? null : await pageTokens.open(NextToken, binding);
  const { rows, lastKey } = await read({ after, limit: input.MaxResults ?? MAX_ROWS });
  return { rows, nextToken: lastKey === null ? {} : { NextToken: await pageTokens.seal(lastKey, binding) } };
}

/** Narrows a list that the store cannot filter: reads on until the page is full or the list ends. */
export function filtered<Row>(
  read: (page: PageRequest) => Promise<Page<Row>>,
  isWanted: (row: Row) => boolean,
): (page: PageRequest) => Promise<Page<Row>> {
  return async ({ after, limit }) => {
    const rows: Row[] = [];
    let lastKey = after;
    do {
      const page = await read({ after: lastKey, limit: limit - rows.length });
      rows.push(...page.rows.filter(isWanted));
      lastKey = page.lastKey;
    } while (lastKey !== null && rows.length < limit);
    return { rows, lastKey };
  };
}

/** Reads pages of a list that is at hand. Throws ForeignToken when the last row of the page before is not in it any more. */
export function pageOf<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): (page: PageRequest) => Promise<Page<Row>> {
  return async ({ after, limit }) => {
    const start = after === null ? 0 : rows.findIndex((row) => keyOf(row) === after) + 1;
    if (after !== null && start === 0) throw new SlipwayError("ForeignToken");
    const kept = rows.slice(start, start + limit);
    const last = kept.at(-1);
    const isLastPage = last === undefined || start + limit >= rows.length;
    return { rows: kept, lastKey: isLastPage ? null : keyOf(last) };
  };
}
