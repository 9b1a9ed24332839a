import type { Handler } from "../handler.ts";
import { readPage } from "../paging.ts";
import { toWireVpcConnector } from "../resources/vpc-connector.ts";

/** App Runner API, ListVpcConnectors: whole connectors, not summaries. */
export const listVpcConnectors: Handler<"ListVpcConnectors"> = async (input, context) => {
  const page = await readPage({ operation: "ListVpcConnectors", input }, context, (request) =>
    context.store.vpcConnectors.list({ latestOnly: false }, request),
  );
  return { VpcConnectors: page.rows.map(toWireVpcConnector), ...page.nextToken };
};
