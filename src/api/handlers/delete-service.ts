import type { Handler } from "../handler.ts";
import { sentenceCase, serviceKind } from "../resources/resource-kind.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { settleAllVpcIngress } from "../resources/vpc-ingress.ts";
import { SlipwayError } from "../../domain/error.ts";
import { toWireService } from "../wire/service-to-wire.ts";

/** App Runner API, DeleteService: refused while a VPC ingress connection leads to the service. */
export const deleteService: Handler<"DeleteService"> = async (input, context) => {
  const { id, arn } = await findLiveService(input.ServiceArn, context);
  const connections = await context.store.transaction(settleAllVpcIngress);
  const connection = connections.find(({ serviceArn }) => serviceArn === arn);
  if (connection !== undefined) {
    throw new SlipwayError("ResourceInUse", {
      kind: sentenceCase(serviceKind.label),
      arn,
      users: `VPC ingress connection ${connection.name}`,
      remedy: "Delete it first.",
    });
  }
  const { service, operationId } = await context.commands.delete(id);
  return { Service: toWireService(service, context.serviceUrl), OperationId: operationId };
};
