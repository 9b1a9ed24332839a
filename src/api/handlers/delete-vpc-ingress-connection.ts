import type { VpcIngressConnection } from "../../domain/configuration.ts";
import type { Handler } from "../handler.ts";
import { assertStatus, findVpcIngress, toWireVpcIngress } from "../resources/vpc-ingress.ts";

/** App Runner API, DeleteVpcIngressConnection: allowed in AVAILABLE and in every FAILED_ status. */
export const deleteVpcIngressConnection: Handler<"DeleteVpcIngressConnection"> = async (
  input,
  { store, scope, clock, networks },
) => {
  const row = await store.transaction(async (tx) => {
    const present = await findVpcIngress(input.VpcIngressConnectionArn, tx, scope);
    assertStatus(present, ["AVAILABLE", "FAILED_CREATION", "FAILED_UPDATE", "FAILED_DELETION"], "deleted");
    const deleted: VpcIngressConnection = {
      ...present,
      status: "PENDING_DELETION",
      deletedAtMs: clock.now(),
    };
    await tx.vpcIngressConnections.save(deleted);
    await tx.tags.removeAll(deleted.arn);
    return deleted;
  });
  networks.ingressChanged();
  return { VpcIngressConnection: toWireVpcIngress(row, scope) };
};
