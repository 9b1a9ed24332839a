import type { VpcIngressConnection } from "../../domain/configuration.ts";
import type { Handler } from "../handler.ts";
import { filtered, readPage } from "../paging.ts";
import { settleAllVpcIngress } from "../resources/vpc-ingress.ts";

/** App Runner API, ListVpcIngressConnections: two ARNs each; by service, by endpoint, or both. */
export const listVpcIngressConnections: Handler<"ListVpcIngressConnections"> = async (input, context) => {
  const { store } = context;
  const { ServiceArn: serviceArn, VpcEndpointId: endpoint } = input.Filter ?? {};
  const isWanted = (row: VpcIngressConnection): boolean =>
    (serviceArn === undefined || row.serviceArn === serviceArn) &&
    (endpoint === undefined || row.vpcEndpointId === endpoint);
  await store.transaction(settleAllVpcIngress);
  const page = await readPage(
    { operation: "ListVpcIngressConnections", input },
    context,
    filtered((request) => store.vpcIngressConnections.list(request), isWanted),
  );
  return {
    VpcIngressConnectionSummaryList: page.rows.map((row) => ({
      VpcIngressConnectionArn: row.arn,
      ServiceArn: row.serviceArn,
    })),
    ...page.nextToken,
  };
};
