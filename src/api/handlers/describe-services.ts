import type { Handler } from "../handler.ts";
import { readServicePage } from "../resources/service-page.ts";
import { visibleServices } from "../resources/visible-services.ts";
import { toWireService } from "../wire/service-to-wire.ts";

/** Ours: DescribeService of many, for who shows which of them use a thing. */
export const describeServices: Handler<"DescribeServices"> = async (input, context, caller) => {
  const { rows, nextToken } = await readServicePage({ operation: "DescribeServices", input }, context);
  const visible = await visibleServices(rows, { caller, action: "apprunner:DescribeService" }, context);
  return { Services: visible.map((one) => toWireService(one, context.serviceUrl)), ...nextToken };
};
