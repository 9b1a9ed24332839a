import type { VpcIngressConnection } from "../../domain/configuration.ts";
import type { Handler } from "../handler.ts";
import { assertStatus, findVpcIngress, toWireVpcIngress } from "../resources/vpc-ingress.ts";

/** App Runner API, UpdateVpcIngressConnection: allowed in AVAILABLE, FAILED_CREATION and FAILED_UPDATE. */
export const updateVpcIngressConnection: Handler<"UpdateVpcIngressConnection"> = async (
  input,
  { store, scope, networks },
) => {
  const { VpcId: vpcId, VpcEndpointId: vpcEndpointId } = input.IngressVpcConfiguration;
  const row = await store.transaction(async (tx) => {
    const present = await findVpcIngress(input.VpcIngressConnectionArn, tx, scope);
    assertStatus(present, ["AVAILABLE", "FAILED_CREATION", "FAILED_UPDATE"], "updated");
    const changed: VpcIngressConnection = {
      ...present,
      status: "PENDING_UPDATE",
      vpcId: vpcId ?? present.vpcId,
      vpcEndpointId: vpcEndpointId ?? present.vpcEndpointId,
    };
    await tx.vpcIngressConnections.save(changed);
    return changed;
  });
  networks.ingressChanged();
  return { VpcIngressConnection: toWireVpcIngress(row, scope) };
};
