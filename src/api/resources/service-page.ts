/** A page of services, or those of some ids: what our lists of services take. */
import { SlipwayError } from "../../domain/error.ts";
import type { Service } from "../../domain/service.ts";
import type { HandlerContext } from "../handler.ts";
import { type ListedPage, readPage } from "../paging.ts";

const MAX_SERVICES = 100;

interface PageWish {
  readonly operation: "DescribeServices" | "ListServiceOverviews";
  readonly input: {
    readonly ServiceIds?: readonly string[] | undefined;
    readonly NextToken?: string | undefined;
    readonly MaxResults?: number | undefined;
  };
}

export async function readServicePage(
  { operation, input }: PageWish,
  context: Pick<HandlerContext, "store" | "pageTokens">,
): Promise<ListedPage<Service>> {
  const { services } = context.store;
  const { ServiceIds: ids, MaxResults: wanted = MAX_SERVICES } = input;
  if (ids !== undefined && ids.length > MAX_SERVICES) {
    throw new SlipwayError("InvalidParameter", {
      path: "ServiceIds",
      problem: `there may be up to ${MAX_SERVICES}`,
    });
  }
  return readPage(
    { operation, input: { ...input, MaxResults: Math.min(MAX_SERVICES, wanted) } },
    context,
    async (page) =>
      // All of them at once, however many the caller would have on a page.
      ids === undefined
        ? services.list(page)
        : { rows: await services.listByIds([...new Set(ids)]), lastKey: null },
  );
}
