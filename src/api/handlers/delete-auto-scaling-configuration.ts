import { parseArn } from "../../domain/arn.ts";
import type { AutoScalingConfiguration } from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Tables } from "../../ports/store.ts";
import type { Handler } from "../handler.ts";
import { toWireAutoScalingConfiguration } from "../resources/auto-scaling.ts";
import { autoScalingKind } from "../resources/resource-kind.ts";
import { assertUnused, deactivateRevision, findActiveRevision } from "../resources/revision.ts";

/**
 * App Runner API, DeleteAutoScalingConfiguration: one revision (without a number the latest), or with DeleteAllRevisions
 * a whole name. Never the default, never one that a service uses. All or nothing.
 */
export const deleteAutoScalingConfiguration: Handler<"DeleteAutoScalingConfiguration"> = async (
  input,
  { store, scope, clock },
) => {
  const arn = input.AutoScalingConfigurationArn;
  const isWholeName = input.DeleteAllRevisions === true;
  if (isWholeName) assertNameOnly(arn);
  const deleted = await store.transaction(async (tx) => {
    const table = tx.autoScalingConfigurations;
    const named = await findActiveRevision(table, arn, { kind: autoScalingKind, scope });
    const revisions = isWholeName ? await table.listRevisions(named.name) : [named];
    const active = revisions.filter(({ isActive }) => isActive);
    for (const row of active) await assertDeletable(row, tx);
    for (const row of active) await remove(row, tx, clock.now());
    return (await table.get(named.arn)) ?? named;
  });
  return { AutoScalingConfiguration: toWireAutoScalingConfiguration(deleted, false) };
};

/** Reads the row again: the removal of another revision may have made it the latest. */
async function remove({ arn }: AutoScalingConfiguration, tx: Tables, nowMs: number): Promise<void> {
  const row = await tx.autoScalingConfigurations.get(arn);
  if (row !== null) await deactivateRevision(tx.autoScalingConfigurations, row, nowMs);
  await tx.tags.removeAll(arn);
}

async function assertDeletable({ arn, isDefault }: AutoScalingConfiguration, tx: Tables): Promise<void> {
  if (isDefault) throw new SlipwayError("DefaultConfigurationProtected", { arn });
  const users = await tx.services.listUsingAutoScaling(arn, { after: null, limit: 4 });
  await assertUnused(autoScalingKind, arn, users.rows, tx);
}

function assertNameOnly(text: string): void {
  if (parseArn(text)?.revision === undefined) return;
  throw new SlipwayError("InvalidParameter", {
    path: "DeleteAllRevisions",
    problem: "needs an ARN that ends in the name, without a revision",
  });
}
