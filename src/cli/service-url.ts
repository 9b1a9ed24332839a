/** The API gives a service's URL as App Runner does: without a scheme. */
import type { Client } from "./client.ts";

const HTTPS_PORT = "443";

export type UrlOf = (serviceUrl: string | undefined) => string | undefined;

/** Makes whole URLs, in the way that services want to be called. */
export async function urlMaker(client: Client): Promise<UrlOf> {
  const { ServiceScheme: scheme } = await client.call("Slipway.GetInfo", {});
  return (serviceUrl) =>
    serviceUrl === undefined || serviceUrl === "" ? undefined : `${scheme}://${serviceUrl}`;
}

/** Of a name of the user's own, which answers over TLS. */
export async function domainUrl(client: Client, domainName: string): Promise<string> {
  const { EdgeHttpsAddress: address } = await client.call("Slipway.GetInfo", {});
  const port = portOf(address);
  return port === HTTPS_PORT ? `https://${domainName}` : `https://${domainName}:${port}`;
}

/** Where else a service answers: over HTTPS, and at names of the user's own. */
export async function otherUrls(
  client: Client,
  service: { readonly arn: string; readonly url: string | undefined },
): Promise<readonly string[]> {
  const [info, { Domains: domains }] = await Promise.all([
    client.call("Slipway.GetInfo", {}),
    client.call("Slipway.ListDomains", { ServiceArn: service.arn }),
  ]);
  const port = portOf(info.EdgeHttpsAddress);
  const own = service.url === undefined || service.url === "" ? [] : [service.url.replace(/:\d+$/, "")];
  const active = domains.filter(
    ({ Status, DomainName }) => Status === "active" && !DomainName.startsWith("*."),
  );
  const hosts = [
    ...(info.ServiceScheme === "https" ? [] : own),
    ...active.map(({ DomainName }) => DomainName),
  ];
  return hosts.map((host) => `https://${host}${port === HTTPS_PORT ? "" : `:${port}`}`);
}

function portOf(address: string): string {
  return /:(\d+)$/.exec(address)?.[1] ?? HTTPS_PORT;
}
