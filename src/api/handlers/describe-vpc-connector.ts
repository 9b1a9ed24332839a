import type { Handler } from "../handler.ts";
import { findVpcConnector, toWireVpcConnector } from "../resources/vpc-connector.ts";

/** App Runner API, DescribeVpcConnector: a deleted one shows as INACTIVE for some time. */
export const describeVpcConnector: Handler<"DescribeVpcConnector"> = async (input, { store, scope }) => ({
  VpcConnector: toWireVpcConnector(await findVpcConnector(input.VpcConnectorArn, store, scope)),
});
