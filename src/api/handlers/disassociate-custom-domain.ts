import type { Handler } from "../handler.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { customDomainReply } from "../wire/custom-domain-to-wire.ts";

/** App Runner API, DisassociateCustomDomain: the reply says `deleting`, and the domain vanishes from the list later. */
export const disassociateCustomDomain: Handler<"DisassociateCustomDomain"> = async (input, context) => {
  const service = await findLiveService(input.ServiceArn, context);
  const domain = await context.domains.disassociate({
    serviceId: service.id,
    domainName: input.DomainName,
  });
  return customDomainReply(service, domain, context.domains.validationRecords(domain));
};
