import type { Handler } from "../handler.ts";
import {
  findDefault,
  hasAssociatedService,
  toWireAutoScalingConfiguration,
} from "../resources/auto-scaling.ts";
import { autoScalingKind } from "../resources/resource-kind.ts";
import { findActiveRevision } from "../resources/revision.ts";

/** App Runner API, UpdateDefaultAutoScalingConfiguration: for services made later; those that exist stay as they are. */
export const updateDefaultAutoScalingConfiguration: Handler<"UpdateDefaultAutoScalingConfiguration"> = async (
  input,
  { store, scope },
) => {
  const row = await store.transaction(async (tx) => {
    const table = tx.autoScalingConfigurations;
    const where = { kind: autoScalingKind, scope };
    const chosen = await findActiveRevision(table, input.AutoScalingConfigurationArn, where);
    const previous = await findDefault(tx);
    if (previous !== null) await table.save({ ...previous, isDefault: false });
    await table.save({ ...chosen, isDefault: true });
    return { ...chosen, isDefault: true };
  });
  const isUsed = await hasAssociatedService(row.arn, store);
  return { AutoScalingConfiguration: toWireAutoScalingConfiguration(row, isUsed) };
};
