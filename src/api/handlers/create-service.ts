import { tagsFromWire, assertTags } from "../resources/tags.ts";
import { assertRuntimeAvailable } from "../resources/available-runtime.ts";
import { resolveAutoScaling } from "../resources/auto-scaling.ts";
import { resolveObservability } from "../resources/observability.ts";
import { newConfiguration } from "../wire/configuration-from-wire.ts";
import { toWireService } from "../wire/service-to-wire.ts";
import type { Handler } from "../handler.ts";

/** App Runner API, CreateService: answers at once with all defaults filled in and OPERATION_IN_PROGRESS. */
export const createService: Handler<"CreateService"> = async (input, context) => {
  const tags = tagsFromWire(input.Tags);
  assertTags(tags, { present: [], kind: "service", quotas: context.quotas });
  const autoScalingArn = await resolveAutoScaling(input.AutoScalingConfigurationArn, context);
  const observabilityArn = await resolveObservability(input.ObservabilityConfiguration, context);
  const configuration = newConfiguration(input, { autoScalingArn, observabilityArn });
  await assertRuntimeAvailable({ wished: configuration.source, present: null, tags }, context);
  const { service, operationId } = await context.commands.create({
    name: input.ServiceName,
    configuration,
    tags,
  });
  return { Service: toWireService(service, context.serviceUrl), OperationId: operationId };
};
