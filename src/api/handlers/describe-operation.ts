import type { Handler } from "../handler.ts";
import { findOperation } from "../resources/operation-lookup.ts";
import { findService } from "../resources/service-lookup.ts";
import { toWireOperation } from "../wire/operation-to-wire.ts";

/** Ours: how far an operation is and, when it failed, why. */
export const describeOperation: Handler<"DescribeOperation"> = async (input, context) => {
  const { id } = await findService(input.ServiceArn, context);
  return { Operation: toWireOperation(await findOperation(id, input.OperationId, context.store)) };
};
