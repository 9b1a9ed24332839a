import type { Handler } from "../handler.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { toWireService } from "../wire/service-to-wire.ts";

/** Ours: deploys a release again, image and configuration, without a build. */
export const rollbackService: Handler<"RollbackService"> = async (input, context) => {
  const { id } = await findLiveService(input.ServiceArn, context);
  const { service, operationId } = await context.commands.rollBack(id, input.ReleaseNumber ?? null);
  return { Service: toWireService(service, context.serviceUrl), OperationId: operationId };
};
