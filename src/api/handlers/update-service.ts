import type { InputOf } from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { ServiceConfiguration } from "../../domain/service.ts";
import type { Handler } from "../handler.ts";
import { assertRuntimeAvailable } from "../resources/available-runtime.ts";
import { resolveAutoScaling } from "../resources/auto-scaling.ts";
import { resolveObservability } from "../resources/observability.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { assertMayNameSecrets, fileTrust } from "../resources/named-secrets.ts";
import { assertNotHosted } from "../resources/service-key.ts";
import { assertRoles } from "../resources/service-roles.ts";
import { changedConfiguration } from "../wire/configuration-from-wire.ts";
import { toWireService } from "../wire/service-to-wire.ts";

/**
 * App Runner API, UpdateService; what is kept and what is replaced: wire/configuration-from-wire.ts.
 * After CREATE_FAILED it is the rebuild, which may change nothing and may even send nothing.
 */
export const updateService: Handler<"UpdateService"> = async (input, context, caller) => {
  const present = await findLiveService(input.ServiceArn, context);
  if (isEmpty(input) && present.status !== "CREATE_FAILED") throw new SlipwayError("NothingToUpdate");
  const named = input.AutoScalingConfigurationArn;
  const autoScalingArn = named === undefined ? null : await resolveAutoScaling(named, context);
  const observabilityArn = await resolveObservability(input.ObservabilityConfiguration, context);
  const trust = await fileTrust(caller, context);
  const change = (configuration: ServiceConfiguration) =>
    trust(changedConfiguration(configuration, input, { autoScalingArn, observabilityArn }), configuration);
  const tags = await context.store.tags.list(present.arn);
  assertNotHosted(change(present.configuration).source, present.encryptionKeyArn);
  const { source } = present.configuration;
  await assertRoles(
    {
      name: present.name,
      arn: present.arn,
      wished: change(present.configuration),
      present: present.configuration,
    },
    context,
  );
  await assertMayNameSecrets(
    {
      wished: { configuration: change(present.configuration), tags },
      present: { configuration: present.configuration, tags },
    },
    caller,
    context,
  );
  await assertRuntimeAvailable(
    { wished: change(present.configuration).source, present: source, tags },
    context,
  );
  const { service, operationId } = await context.commands.update(present.id, change, context.ifUpdatedAtMs);
  return {
    Service: toWireService(service, context.serviceUrl),
    // The model says that it is always there; App Runner leaves it out when a call changes nothing, and so do we.
    OperationId: operationId as string,
  };
};

function isEmpty({ ServiceArn: _arn, ...others }: InputOf<"UpdateService">): boolean {
  return Object.values(others).every((member) => member === undefined);
}
