/**
 * A Slipway with a real base domain, a real ACME authority (Pebble) and a real resolver (unbound) between them: what a
 * scenario of certificates needs. Names end in `.test`; the authority and the clients connect to this machine.
 */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import {
  AssociateCustomDomainCommand,
  type CustomDomain,
  DescribeCustomDomainsCommand,
  DisassociateCustomDomainCommand,
} from "@aws-sdk/client-apprunner";
import { freePort } from "./free-port.ts";
import { type Answer, Installation, type InstallationOptions } from "./installation.ts";
import { type Pebble, startPebble } from "./pebble.ts";
import { Resolver, type ZoneLine } from "./resolver.ts";
import { sdk, type ServiceView } from "./service.ts";
import { waitFor } from "./wait-for.ts";

export const BASE_DOMAIN = "apps.test";
export const CHALLENGE_ZONE = `acme.${BASE_DOMAIN}`;
/** Where users of the scenario have their names. */
export const USER_ZONE = "shop.test";

export interface HttpsOptions {
  readonly path?: string;
  /** Name of the handshake; that of the request unless given, null for none. */
  readonly serverName?: string | null;
  readonly timeoutMs?: number;
}

export class TlsInstallation {
  readonly slipway: Installation;
  readonly resolver: Resolver;
  readonly pebble: Pebble;
  #rootPem = "";

  private constructor(parts: {
    readonly slipway: Installation;
    readonly resolver: Resolver;
    readonly pebble: Pebble;
  }) {
    this.slipway = parts.slipway;
    this.resolver = parts.resolver;
    this.pebble = parts.pebble;
  }

  /** Everything runs but the control plane: `start` does that. */
  static async create(
    pebbleEnv: Readonly<Record<string, string>> = {},
    options: InstallationOptions = {},
  ): Promise<TlsInstallation> {
    const dnsPort = await freePort();
    const resolver = await Resolver.start({
      zones: { [BASE_DOMAIN]: [`*.us-east-1.${BASE_DOMAIN}. A 127.0.0.1`], [USER_ZONE]: [] },
      stubs: { [CHALLENGE_ZONE]: dnsPort },
    });
    const httpPort = await freePort();
    const pebble = await startPebble({
      dnsServer: resolver.address,
      httpPort,
      env: { PEBBLE_WFE_NONCEREJECT: "30", PEBBLE_AUTHZREUSE: "50", ...pebbleEnv },
    });
    const slipway = await Installation.create({
      ...options,
      edgePort: httpPort,
      env: {
        SLIPWAY_BASE_DOMAIN: BASE_DOMAIN,
        SLIPWAY_EDGE_HOST: "127.0.0.1",
        SLIPWAY_ACME_DIRECTORY: pebble.directoryUrl,
        SLIPWAY_ACME_CA_FILE: pebble.caFile,
        SLIPWAY_ACME_HTTP_PORT: String(httpPort),
        SLIPWAY_DNS_ZONE: CHALLENGE_ZONE,
        SLIPWAY_DNS_HOST: "127.0.0.1",
        SLIPWAY_DNS_PORT: String(dnsPort),
        SLIPWAY_DNS_SERVER: resolver.address,
        SLIPWAY_PUBLIC_ADDRESSES: "127.0.0.1",
        ...options.env,
      },
    });
    return new TlsInstallation({ slipway, resolver, pebble });
  }

  async start(): Promise<void> {
    await this.slipway.start();
  }

  async remove(): Promise<void> {
    await this.slipway.remove();
    await this.pebble.stop();
    await this.resolver.stop();
  }

  /** What users set at their DNS provider. */
  async setRecords(records: readonly ZoneLine[]): Promise<void> {
    await this.resolver.setZone(USER_ZONE, records);
  }

  async associate(
    service: ServiceView,
    DomainName: string,
    EnableWWWSubdomain = false,
  ): Promise<CustomDomain> {
    const { ServiceArn } = service;
    const command = new AssociateCustomDomainCommand({ ServiceArn, DomainName, EnableWWWSubdomain });
    return domainOf((await sdk(this.slipway).send(command)).CustomDomain);
  }

  async disassociate({ ServiceArn }: ServiceView, DomainName: string): Promise<CustomDomain> {
    const command = new DisassociateCustomDomainCommand({ ServiceArn, DomainName });
    return domainOf((await sdk(this.slipway).send(command)).CustomDomain);
  }

  /** Undefined once it is gone. */
  async describe({ ServiceArn }: ServiceView, domainName: string): Promise<CustomDomain | undefined> {
    const reply = await sdk(this.slipway).send(new DescribeCustomDomainsCommand({ ServiceArn }));
    return reply.CustomDomains?.find(({ DomainName }) => DomainName === domainName);
  }

  /** The statuses that were seen until then, without repetitions. */
  async waitForStatus(
    service: ServiceView,
    domainName: string,
    status: string,
    timeoutMs = 60_000,
  ): Promise<readonly string[]> {
    const seen: string[] = [];
    await waitFor(
      async () => {
        const domain = await this.describe(service, domainName);
        const now: string = domain?.Status ?? "gone";
        if (seen.at(-1) !== now) seen.push(now);
        return now === status;
      },
      { what: `${domainName} in status ${status}`, timeoutMs, everyMs: 50 },
    );
    return seen;
  }

  /** One request over TLS to this machine's edge, verified against the authority's root. */
  async https(
    name: string,
    { path = "/", serverName = name, timeoutMs = 30_000 }: HttpsOptions = {},
  ): Promise<Answer> {
    if (this.#rootPem === "") this.#rootPem = await this.pebble.rootPem();
    const call = request({
      host: "127.0.0.1",
      port: this.slipway.edgeHttpsPort,
      path,
      headers: { host: name },
      ca: this.#rootPem,
      ...(serverName === null ? { servername: "", rejectUnauthorized: false } : { servername: serverName }),
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
    });
    call.end();
    const [response] = (await once(call, "response")) as [IncomingMessage];
    const { statusCode: status = 0, headers } = response;
    return { status, headers, body: await text(response) };
  }

  /** Waits for an answer of this service: a wildcard may answer before. */
  waitForHttps(name: string, serviceName: string, timeoutMs = 60_000): Promise<Answer> {
    return waitFor(
      async () => {
        const answer = await this.https(name);
        return answer.status === 200 && answer.body.startsWith(`${serviceName} from`) && answer;
      },
      { what: `an answer of ${serviceName} at https://${name}`, timeoutMs },
    );
  }
}

function domainOf(domain: CustomDomain | undefined): CustomDomain {
  if (domain === undefined) throw new Error("no custom domain in the reply");
  return domain;
}
