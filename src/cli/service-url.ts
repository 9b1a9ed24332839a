/** The API gives a service's URL as App Runner does: without a scheme. */
import type { Client } from "./client.ts";

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
  const port = /:(\d+)$/.exec(address)?.[1] ?? HTTPS_PORT;
  return port === HTTPS_PORT ? `https://${domainName}` : `https://${domainName}:${port}`;
}

const HTTPS_PORT = "443";
