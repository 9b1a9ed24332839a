import type { Handler } from "../handler.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { customDomainReply } from "../wire/custom-domain-to-wire.ts";

/** App Runner API, AssociateCustomDomain: `www` leads there too unless it is a wildcard, or was not wished. */
export const associateCustomDomain: Handler<"AssociateCustomDomain"> = async (input, context) => {
  const service = await findLiveService(input.ServiceArn, context);
  const { DomainName: domainName } = input;
  const enableWwwSubdomain = input.EnableWWWSubdomain ?? !domainName.startsWith("*.");
  const domain = await context.domains.associate({ serviceId: service.id, domainName, enableWwwSubdomain });
  return customDomainReply(service, domain, []);
};
