/** From a domain's name to what is known of it. Names are unique in the installation. */
import type { Domain } from "../contract/slipway-operations.ts";
import type { Client, Wire } from "./client.ts";
import { CliFailure } from "./failure.ts";

export type KnownDomain = Wire<Domain>;

export async function resolveDomain(client: Client, name: string): Promise<KnownDomain> {
  const { Domains: domains } = await client.call("Slipway.ListDomains", {});
  const wanted = name.toLowerCase();
  const found = domains.find(({ DomainName }) => DomainName === wanted);
  if (found !== undefined) return found;
  const nearest = domains.find(
    ({ DomainName }) => DomainName.includes(wanted) || wanted.includes(DomainName),
  );
  throw new CliFailure(`There is no custom domain "${name}".`, {
    hint:
      nearest === undefined
        ? "See `slipway domains`."
        : `Did you mean "${nearest.DomainName}"? See \`slipway domains\`.`,
  });
}
