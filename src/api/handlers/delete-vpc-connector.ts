import { SlipwayError } from "../../domain/error.ts";
import type { Handler } from "../handler.ts";
import { vpcConnectorKind } from "../resources/resource-kind.ts";
import { assertUnused, deactivateRevision } from "../resources/revision.ts";
import { findVpcConnector, toWireVpcConnector } from "../resources/vpc-connector.ts";

/** App Runner API, DeleteVpcConnector: full ARN, not while a service uses it. */
export const deleteVpcConnector: Handler<"DeleteVpcConnector"> = async (input, { store, scope, clock }) => {
  const row = await store.transaction(async (tx) => {
    const found = await findVpcConnector(input.VpcConnectorArn, tx, scope);
    const { arn } = found;
    if (!found.isActive)
      throw new SlipwayError("ConfigurationDeleted", { kind: vpcConnectorKind.label, arn });
    await assertUnused(vpcConnectorKind, arn, await tx.services.listUsing("vpcConnector", arn), tx);
    await tx.tags.removeAll(arn);
    return deactivateRevision(tx.vpcConnectors, found, clock.now());
  });
  return { VpcConnector: toWireVpcConnector(row) };
};
