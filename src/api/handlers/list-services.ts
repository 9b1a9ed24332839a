import type { Handler } from "../handler.ts";
import { readPage } from "../paging.ts";
import { toWireServiceSummary } from "../wire/service-to-wire.ts";

/** App Runner API, ListServices: every service that is not deleted, whatever its status. */
export const listServices: Handler<"ListServices"> = async (input, context) => {
  const page = await readPage({ operation: "ListServices", input }, context, (request) =>
    context.store.services.list(request),
  );
  return {
    ServiceSummaryList: page.rows.map((service) => toWireServiceSummary(service, context.serviceUrl)),
    ...page.nextToken,
  };
};
