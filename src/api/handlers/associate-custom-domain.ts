import type { Handler } from "../handler.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { notSupportedYet } from "../wire/not-supported-yet.ts";

/** App Runner API, AssociateCustomDomain: refused, because nothing would answer under that name. */
export const associateCustomDomain: Handler<"AssociateCustomDomain"> = async (input, context) => {
  await findLiveService(input.ServiceArn, context);
  throw notSupportedYet("DomainName", "a custom domain", "Use the service's own ServiceUrl.");
};
