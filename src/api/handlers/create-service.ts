import { tagsFromWire, assertTags } from "../resources/tags.ts";
import { assertRuntimeAvailable } from "../resources/available-runtime.ts";
import { resolveAutoScaling } from "../resources/auto-scaling.ts";
import { resolveObservability } from "../resources/observability.ts";
import { assertMayNameSecrets, fileTrust } from "../resources/named-secrets.ts";
import { assertMayUseKey, assertNotHosted } from "../resources/service-key.ts";
import { assertRoles } from "../resources/service-roles.ts";
import { newConfiguration } from "../wire/configuration-from-wire.ts";
import { toWireService } from "../wire/service-to-wire.ts";
import type { Handler } from "../handler.ts";

/** App Runner API, CreateService: answers at once with all defaults filled in and OPERATION_IN_PROGRESS. */
export const createService: Handler<"CreateService"> = async (input, context, caller) => {
  const tags = tagsFromWire(input.Tags);
  assertTags(tags, { present: [], kind: "service", quotas: context.quotas });
  const autoScalingArn = await resolveAutoScaling(input.AutoScalingConfigurationArn, context);
  const observabilityArn = await resolveObservability(input.ObservabilityConfiguration, context);
  const trust = await fileTrust(caller, context);
  const configuration = trust(newConfiguration(input, { autoScalingArn, observabilityArn }), null);
  await assertRoles({ name: input.ServiceName, wished: configuration, present: null }, context);
  await assertMayNameSecrets({ wished: { configuration, tags }, present: null }, caller, context);
  await assertRuntimeAvailable({ wished: configuration.source, present: null, tags }, context);
  const encryptionKeyArn = input.EncryptionConfiguration?.KmsKey;
  if (encryptionKeyArn !== undefined) await assertMayUseKey(encryptionKeyArn, caller, context);
  assertNotHosted(configuration.source, encryptionKeyArn ?? null);
  const { service, operationId } = await context.commands.create({
    name: input.ServiceName,
    configuration,
    encryptionKeyArn,
    tags,
  });
  return { Service: toWireService(service, context.serviceUrl), OperationId: operationId };
};
