import { DEFAULT_CONFIGURATION_NAME } from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Handler } from "../handler.ts";
import { toWireObservabilityConfiguration } from "../resources/observability.ts";
import { observabilityKind } from "../resources/resource-kind.ts";
import { addRevision } from "../resources/revision.ts";
import { assertTags, putNewTags, tagsFromWire } from "../resources/tags.ts";

/** App Runner API, CreateObservabilityConfiguration: revisions as for auto scaling; one name is reserved. */
export const createObservabilityConfiguration: Handler<"CreateObservabilityConfiguration"> = async (
  input,
  context,
) => {
  const { quotas, store } = context;
  const name = input.ObservabilityConfigurationName;
  assertNotReserved(name);
  const tags = tagsFromWire(input.Tags);
  assertTags(tags, { present: [], kind: observabilityKind.type, quotas });
  const quota = {
    names: quotas.observabilityConfigurationNames,
    revisions: quotas.observabilityConfigurationRevisions,
  };
  const traceVendor = input.TraceConfiguration?.Vendor ?? null;
  const row = await store.transaction(async (tx) => {
    const made = await addRevision(
      tx.observabilityConfigurations,
      { name, kind: observabilityKind, quota, make: (revision) => ({ ...revision, traceVendor }) },
      context,
    );
    await putNewTags(made.arn, tags, tx);
    return made;
  });
  return { ObservabilityConfiguration: toWireObservabilityConfiguration(row) };
};

function assertNotReserved(name: string): void {
  if (name !== DEFAULT_CONFIGURATION_NAME) return;
  throw new SlipwayError("InvalidParameter", {
    path: "ObservabilityConfigurationName",
    problem: `the name ${DEFAULT_CONFIGURATION_NAME} is reserved; choose another`,
  });
}
