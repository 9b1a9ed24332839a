import type * as Wire from "../../contract/index.ts";
import type { Handler } from "../handler.ts";
import { ALL_ROWS } from "../paging.ts";
import { findService } from "../resources/service-lookup.ts";
import { domainToWire } from "../wire/domain-to-wire.ts";

/** Ours: custom domains, of one service or all, with what is missing for each. */
export const listDomains: Handler<"ListDomains"> = async (input, context) => {
  const { store } = context;
  const domains =
    input.ServiceArn === undefined
      ? await store.customDomains.listAll()
      : (
          await store.customDomains.list((await findService(input.ServiceArn, context)).id, {
            after: null,
            limit: ALL_ROWS,
          })
        ).rows;
  const described: Wire.Domain[] = [];
  for (const domain of domains) {
    const service = await store.services.get(domain.serviceId);
    if (service !== null) described.push(await domainToWire(domain, service, store));
  }
  return { Domains: described };
};
