import { SlipwayError } from "../../domain/error.ts";
import type { Handler } from "../handler.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { domainToWire } from "../wire/domain-to-wire.ts";

/** A look asks many servers, some of which may not answer. */
const CHECK_TIMEOUT_MS = 25_000;

/** Ours: looks at a custom domain's records now, and goes on with whatever waited for them. */
export const checkCustomDomain: Handler<"CheckCustomDomain"> = async (input, context) => {
  const { store, domains } = context;
  const service = await findLiveService(input.ServiceArn, context);
  const present = await store.customDomains.get(input.DomainName.toLowerCase());
  if (present?.serviceId !== service.id) {
    throw new SlipwayError("NoSuchResource", { kind: "Custom domain", arn: input.DomainName });
  }
  const domain = await domains.checkNow(present.name, AbortSignal.timeout(CHECK_TIMEOUT_MS));
  return { Domain: await domainToWire(domain, service, store) };
};
