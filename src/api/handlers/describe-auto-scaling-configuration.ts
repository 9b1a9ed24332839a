import type { Handler } from "../handler.ts";
import { hasAssociatedService, toWireAutoScalingConfiguration } from "../resources/auto-scaling.ts";
import { autoScalingKind } from "../resources/resource-kind.ts";
import { findRevision } from "../resources/revision.ts";

/** App Runner API, DescribeAutoScalingConfiguration: partial ARNs too; a deleted one shows as inactive for some time. */
export const describeAutoScalingConfiguration: Handler<"DescribeAutoScalingConfiguration"> = async (
  input,
  { store, scope },
) => {
  const where = { kind: autoScalingKind, scope };
  const row = await findRevision(store.autoScalingConfigurations, input.AutoScalingConfigurationArn, where);
  const isUsed = await hasAssociatedService(row.arn, store);
  return { AutoScalingConfiguration: toWireAutoScalingConfiguration(row, isUsed) };
};
