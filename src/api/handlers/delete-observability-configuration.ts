import type { Handler } from "../handler.ts";
import { toWireObservabilityConfiguration } from "../resources/observability.ts";
import { observabilityKind } from "../resources/resource-kind.ts";
import { assertUnused, deactivateRevision, findActiveRevision } from "../resources/revision.ts";

/** App Runner API, DeleteObservabilityConfiguration: a revision or the latest; not one that a service uses. */
export const deleteObservabilityConfiguration: Handler<"DeleteObservabilityConfiguration"> = async (
  input,
  { store, scope, clock },
) => {
  const row = await store.transaction(async (tx) => {
    const table = tx.observabilityConfigurations;
    const where = { kind: observabilityKind, scope };
    const named = await findActiveRevision(table, input.ObservabilityConfigurationArn, where);
    const users = await tx.services.listUsing("observabilityConfiguration", named.arn);
    await assertUnused(observabilityKind, named.arn, users, tx);
    await tx.tags.removeAll(named.arn);
    return deactivateRevision(table, named, clock.now());
  });
  return { ObservabilityConfiguration: toWireObservabilityConfiguration(row) };
};
