/** Pages as KMS has them: Limit and Marker, Truncated and NextMarker. */
import type { OperationName } from "../../../contract/index.ts";
import type { Page, PageRequest } from "../../../ports/store.ts";
import type { HandlerContext } from "../../handler.ts";
import { readPage } from "../../paging.ts";

interface PagedInput {
  readonly Marker?: string | undefined;
  readonly Limit?: number | undefined;
}

export interface KmsPage<Row> {
  readonly rows: readonly Row[];
  /** Ready to be spread into the reply. */
  readonly cut: { readonly Truncated: boolean; readonly NextMarker?: string };
}

/** `limit`: rows unless asked otherwise. */
export async function readKmsPage<Row>(
  {
    operation,
    input,
    limit,
  }: { readonly operation: OperationName; readonly input: PagedInput; readonly limit: number },
  context: Pick<HandlerContext, "pageTokens">,
  read: (page: PageRequest) => Promise<Page<Row>>,
): Promise<KmsPage<Row>> {
  const { Marker, Limit = limit, ...others } = input;
  const paged = { ...others, MaxResults: Limit, NextToken: Marker };
  const { rows, nextToken } = await readPage({ operation, input: paged }, context, read);
  const { NextToken: next } = nextToken;
  return { rows, cut: next === undefined ? { Truncated: false } : { Truncated: true, NextMarker: next } };
}
