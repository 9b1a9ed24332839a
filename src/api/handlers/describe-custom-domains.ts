import type { Handler } from "../handler.ts";
import { readPage } from "../paging.ts";
import { findService } from "../resources/service-lookup.ts";
import { vpcDnsTargets } from "../resources/vpc-ingress.ts";
import { customDomainToWire } from "../wire/custom-domain-to-wire.ts";

/** App Runner API, DescribeCustomDomains. DNSTarget is a host name, so it has no port. */
export const describeCustomDomains: Handler<"DescribeCustomDomains"> = async (input, context) => {
  const { store, domains } = context;
  const service = await findService(input.ServiceArn, context);
  const page = await readPage({ operation: "DescribeCustomDomains", input }, context, (request) =>
    store.customDomains.list(service.id, request),
  );
  return {
    DNSTarget: service.host,
    ServiceArn: service.arn,
    CustomDomains: page.rows.map((domain) => customDomainToWire(domain, domains.validationRecords(domain))),
    VpcDNSTargets: await vpcDnsTargets(service.arn, store),
    ...page.nextToken,
  };
};
