import { DEFAULT_CONFIGURATION_NAME } from "../../domain/configuration.ts";
import type { Handler } from "../handler.ts";
import { limitsFromWire, toWireAutoScalingConfiguration } from "../resources/auto-scaling.ts";
import { autoScalingKind } from "../resources/resource-kind.ts";
import { addRevision } from "../resources/revision.ts";
import { assertTags, putNewTags, tagsFromWire } from "../resources/tags.ts";

/** App Runner API, CreateAutoScalingConfiguration: the same name again makes the next revision. */
export const createAutoScalingConfiguration: Handler<"CreateAutoScalingConfiguration"> = async (
  input,
  context,
) => {
  const { quotas, store } = context;
  const tags = tagsFromWire(input.Tags);
  assertTags(tags, { present: [], kind: autoScalingKind.type, quotas });
  const limits = limitsFromWire(input);
  const request = {
    name: input.AutoScalingConfigurationName,
    kind: autoScalingKind,
    quota: {
      names: quotas.autoScalingConfigurationNames,
      revisions: quotas.autoScalingConfigurationRevisions,
      builtInName: DEFAULT_CONFIGURATION_NAME,
    },
  };
  const row = await store.transaction(async (tx) => {
    const made = await addRevision(
      tx.autoScalingConfigurations,
      { ...request, make: (revision) => ({ ...revision, ...limits, isDefault: false }) },
      context,
    );
    await putNewTags(made.arn, tags, tx);
    return made;
  });
  return { AutoScalingConfiguration: toWireAutoScalingConfiguration(row, false) };
};
