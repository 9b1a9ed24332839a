import type { Principal } from "../../domain/identity.ts";
import { hostedRepositoryName } from "../../domain/hosted-url.ts";
import type { Service } from "../../domain/service.ts";
import { assertAllowed } from "../authorization.ts";
import { told } from "../authorization/resource-rule.ts";
import { repositoryArn } from "../authorization/service-rules.ts";
import type { Handler, HandlerContext } from "../handler.ts";
import { sentenceCase, serviceKind } from "../resources/resource-kind.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { settleAllVpcIngress } from "../resources/vpc-ingress.ts";
import { SlipwayError } from "../../domain/error.ts";
import { toWireService } from "../wire/service-to-wire.ts";

/**
 * App Runner API, DeleteService: refused while a VPC ingress connection leads to the service. The repository of its name goes
 * with it, which is asked for too.
 */
export const deleteService: Handler<"DeleteService"> = async (input, context, caller) => {
  const service = await findLiveService(input.ServiceArn, context);
  const { id, arn } = service;
  await assertMayDeleteRepository(service, caller, context);
  const connections = await context.store.transaction(settleAllVpcIngress);
  const connection = connections.find(({ serviceArn }) => serviceArn === arn);
  if (connection !== undefined) {
    throw new SlipwayError("ResourceInUse", {
      kind: sentenceCase(serviceKind.label),
      arn,
      users: `VPC ingress connection ${connection.name}`,
      remedy: `Delete it first: aws apprunner delete-vpc-ingress-connection --vpc-ingress-connection-arn ${connection.arn}`,
    });
  }
  const accepted = await context.commands.delete(id);
  return {
    Service: toWireService(accepted.service, context.serviceUrl),
    OperationId: accepted.operationId,
  };
};

async function assertMayDeleteRepository(
  { name, configuration: { source } }: Service,
  caller: Principal,
  context: HandlerContext,
): Promise<void> {
  if (source.kind !== "code" || hostedRepositoryName(source.repositoryUrl) !== name) return;
  const resource = told(repositoryArn(name, context.scope));
  const asker = { principal: caller, conditions: new Map() };
  await assertAllowed({ action: "slipway:DeleteRepository", resource }, asker, context);
}
