import type { Handler } from "../handler.ts";
import { findVpcIngress, toWireVpcIngress } from "../resources/vpc-ingress.ts";

/** App Runner API, DescribeVpcIngressConnection. */
export const describeVpcIngressConnection: Handler<"DescribeVpcIngressConnection"> = async (
  input,
  { store, scope },
) => {
  const row = await store.transaction((tx) => findVpcIngress(input.VpcIngressConnectionArn, tx, scope));
  return { VpcIngressConnection: toWireVpcIngress(row, scope) };
};
