import type { Handler } from "../handler.ts";
import { findLiveService } from "../resources/service-lookup.ts";

/** App Runner API, StartDeployment: the only reply is the operation. */
export const startDeployment: Handler<"StartDeployment"> = async (input, context) => {
  const { id } = await findLiveService(input.ServiceArn, context);
  const { operationId } = await context.commands.startDeployment(id);
  return { OperationId: operationId };
};
