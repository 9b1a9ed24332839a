import type { Handler } from "../handler.ts";
import { toWireObservabilityConfiguration } from "../resources/observability.ts";
import { observabilityKind } from "../resources/resource-kind.ts";
import { findRevision } from "../resources/revision.ts";

/** App Runner API, DescribeObservabilityConfiguration: partial ARNs too. */
export const describeObservabilityConfiguration: Handler<"DescribeObservabilityConfiguration"> = async (
  input,
  { store, scope },
) => {
  const where = { kind: observabilityKind, scope };
  const arn = input.ObservabilityConfigurationArn;
  const row = await findRevision(store.observabilityConfigurations, arn, where);
  return { ObservabilityConfiguration: toWireObservabilityConfiguration(row) };
};
