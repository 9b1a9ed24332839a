/** Pages as IAM has them: MaxItems and Marker, 100 rows unless asked otherwise. */
import type { OperationName } from "../../../contract/index.ts";
import type { Page, PageRequest } from "../../../ports/store.ts";
import type { HandlerContext } from "../../handler.ts";
import { readPage } from "../../paging.ts";

const PAGE_SIZE = 100;

export interface PagedInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface IamPage<Row> {
  readonly rows: readonly Row[];
  /** Ready to be spread into the reply. */
  readonly cut: { readonly IsTruncated: boolean; readonly Marker?: string };
}

export async function readIamPage<Row>(
  { operation, input }: { readonly operation: OperationName; readonly input: PagedInput },
  context: Pick<HandlerContext, "pageTokens">,
  read: (page: PageRequest) => Promise<Page<Row>>,
): Promise<IamPage<Row>> {
  const { Marker, MaxItems = PAGE_SIZE, ...others } = input;
  const paged = { ...others, MaxResults: MaxItems, NextToken: Marker };
  const { rows, nextToken } = await readPage({ operation, input: paged }, context, read);
  const { NextToken: next } = nextToken;
  return { rows, cut: next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: next } };
}

export function hasPrefix(prefix = "/"): (row: { readonly path: string }) => boolean {
  return ({ path }) => path.startsWith(prefix);
}
