import type { Handler } from "../handler.ts";
import { findOperation } from "../resources/operation-lookup.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { toWireOperation } from "../wire/operation-to-wire.ts";

/** Ours: gives up an operation before its traffic is switched. */
export const cancelOperation: Handler<"CancelOperation"> = async (input, context) => {
  const { id } = await findLiveService(input.ServiceArn, context);
  const operation = await findOperation(id, input.OperationId, context.store);
  return { Operation: toWireOperation(await context.commands.cancel(id, operation.id)) };
};
