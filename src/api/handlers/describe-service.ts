import type { Handler } from "../handler.ts";
import { findService } from "../resources/service-lookup.ts";
import { toWireService } from "../wire/service-to-wire.ts";

/** App Runner API, DescribeService: any state, deleted ones too. */
export const describeService: Handler<"DescribeService"> = async (input, context) => ({
  Service: toWireService(await findService(input.ServiceArn, context), context.serviceUrl),
});
