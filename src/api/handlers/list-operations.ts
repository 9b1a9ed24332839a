import type { Handler } from "../handler.ts";
import { readPage } from "../paging.ts";
import { findService } from "../resources/service-lookup.ts";
import { toWireOperationSummary } from "../wire/operation-to-wire.ts";

/** App Runner API, ListOperations: newest first; of a deleted service too. */
export const listOperations: Handler<"ListOperations"> = async (input, context) => {
  const { id } = await findService(input.ServiceArn, context);
  const page = await readPage({ operation: "ListOperations", input }, context, (request) =>
    context.store.operations.list(id, request),
  );
  return { OperationSummaryList: page.rows.map(toWireOperationSummary), ...page.nextToken };
};
