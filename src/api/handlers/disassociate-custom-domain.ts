import { SlipwayError } from "../../domain/error.ts";
import type { Handler } from "../handler.ts";
import { findLiveService } from "../resources/service-lookup.ts";

/** App Runner API, DisassociateCustomDomain: no service has one yet, so none is found. */
export const disassociateCustomDomain: Handler<"DisassociateCustomDomain"> = async (input, context) => {
  await findLiveService(input.ServiceArn, context);
  throw new SlipwayError("NoSuchResource", { kind: "Custom domain", arn: input.DomainName });
};
