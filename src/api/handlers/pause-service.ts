import type { Handler } from "../handler.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { toWireService } from "../wire/service-to-wire.ts";

/** App Runner API, PauseService: without an OperationId when there is nothing to do. */
export const pauseService: Handler<"PauseService"> = async (input, context) => {
  const { id } = await findLiveService(input.ServiceArn, context);
  const { service, operationId } = await context.commands.pause(id);
  return {
    Service: toWireService(service, context.serviceUrl),
    OperationId: operationId ?? undefined,
  };
};
