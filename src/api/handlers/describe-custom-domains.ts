import type { Handler } from "../handler.ts";
import { readPage } from "../paging.ts";
import { findService } from "../resources/service-lookup.ts";

/** App Runner API, DescribeCustomDomains: no service has one yet. DNSTarget is a host name, so it has no port. */
export const describeCustomDomains: Handler<"DescribeCustomDomains"> = async (input, context) => {
  const service = await findService(input.ServiceArn, context);
  const page = await readPage({ operation: "DescribeCustomDomains", input }, context, () =>
    Promise.resolve({ rows: [], lastKey: null }),
  );
  return {
    DNSTarget: service.host,
    ServiceArn: service.arn,
    CustomDomains: page.rows,
    VpcDNSTargets: [],
    ...page.nextToken,
  };
};
