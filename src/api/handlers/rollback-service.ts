import type { Handler } from "../handler.ts";
import { assertMayNameSecrets } from "../resources/named-secrets.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { assertMayPassRoles } from "../resources/service-roles.ts";
import { toWireService } from "../wire/service-to-wire.ts";

/**
 * Ours: deploys a release again, image and configuration, without a build. Roles and secrets that the service has no more
 * come back with it, so they are asked for as with an update.
 */
export const rollbackService: Handler<"RollbackService"> = async (input, context, caller) => {
  const { id, arn, configuration: present } = await findLiveService(input.ServiceArn, context);
  const release = await context.commands.releaseToReturnTo(id, input.ReleaseNumber ?? null);
  const { configuration: wished } = release;
  await assertMayPassRoles({ wished, present }, caller, context);
  const tags = await context.store.tags.list(arn);
  const named = { wished: { configuration: wished, tags }, present: { configuration: present, tags } };
  await assertMayNameSecrets(named, caller, context);
  const { service, operationId } = await context.commands.rollBack(id, release.number);
  return { Service: toWireService(service, context.serviceUrl), OperationId: operationId };
};
