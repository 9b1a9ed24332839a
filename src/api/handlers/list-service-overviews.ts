import type { Handler } from "../handler.ts";
import { readServicePage } from "../resources/service-page.ts";
import { toWireServiceOverview } from "../wire/service-overview-to-wire.ts";

/** Ours: services with what a list of them shows. */
export const listServiceOverviews: Handler<"ListServiceOverviews"> = async (input, context) => {
  const { rows, nextToken } = await readServicePage({ operation: "ListServiceOverviews", input }, context);
  const details = await context.store.services.details(rows);
  return {
    Services: details.map((one) => toWireServiceOverview(one, context.serviceUrl)),
    ...nextToken,
  };
};
