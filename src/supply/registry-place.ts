/**
 * Where registries may be, and where they may lead. Whoever deploys names the registry, so nobody is asked for them whom
 * they could not ask themselves: never metadata services and the like; this machine's loopback only by its own name, or
 * where the operator configured it; and by redirects and token services nothing that is further inside than the registry
 * itself. Names are resolved once, and what is connected to are the addresses that were checked.
 */
import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { type AddressRange, parseAddressRange } from "../domain/address-range.ts";
import { isInAny, isNeverAsked, ranges, reachedBy } from "../domain/never-asked.ts";
import { orAborted } from "../domain/or-aborted.ts";

export interface RegistryNetwork {
  /** Registries (`host` or `host:port`) that the operator named: they may be anywhere but at metadata services. */
  readonly configured: ReadonlySet<string>;
  /** Of this machine, where no registry is: the API, the engine, listeners that are not for everybody. */
  readonly closedPorts: readonly number[];
  /** Addresses of a name; the system's unless given. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

/** How far inside an address is: what is further inside may lead to what is less so, not the other way round. */
export const nearness = { public: 0, private: 1, loopback: 2 } as const;
type Nearness = (typeof nearness)[keyof typeof nearness];

export interface CheckedPlace {
  readonly addresses: readonly string[];
  readonly nearness: Nearness;
}

/** The message names the host as it was given, never what it resolves to. */
export class RefusedPlace extends Error {
  override readonly name = "RefusedPlace";

  constructor(host: string) {
    super(
      `${host} is not a place where registries are asked; the settings "registries" and "imageMappings" can name one inside`,
    );
  }
}

const LOOPBACK = ranges("127.0.0.0/8", "::1");
/** Nothing else is there; `::1` is asked for before. */
const IPV4_COMPATIBLE = ranges("::/96");
const PRIVATE = ranges(
  "10.0.0.0/8",
  "100.64.0.0/10",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "fc00::/7",
  "fec0::/10",
);

/** Null: never to be asked. */
export function nearnessOf(address: string, own: readonly string[] = ownAddresses()): Nearness | null {
  const range = reachedBy(address);
  if (range === null) return null;
  if (isInAny(range, LOOPBACK)) return nearness.loopback;
  if (isNeverAsked(address) || isInAny(range, IPV4_COMPATIBLE)) return null;
  return isInAny(range, PRIVATE) || isAmong(range, own) ? nearness.private : nearness.public;
}

export interface PlaceLimit {
  readonly network: RegistryNetwork;
  /** No address of it may be further inside. */
  readonly most: Nearness;
}

/** Throws RefusedPlace when one of its addresses may not be asked, and what the resolver throws. */
export async function checkPlace(
  url: URL,
  { network, most }: PlaceLimit,
  signal: AbortSignal,
): Promise<CheckedPlace> {
  const isTrusted = network.configured.has(url.host);
  const addresses = await orAborted(resolved(url, network), signal);
  const own = ownAddresses();
  const found = addresses.map((address) => nearnessOf(address, own));
  const isClosed = network.closedPorts.includes(portOf(url)) && addresses.some((one) => isOwn(one, own));
  for (const one of found) {
    if (one === null || (!isTrusted && (isClosed || one > most))) throw new RefusedPlace(url.host);
  }
  return { addresses, nearness: Math.max(...found.map(Number)) as Nearness };
}

/** Of a registry by its own name, before anything leads elsewhere. */
export function mostOf(registry: string, { configured }: RegistryNetwork): Nearness {
  return isLoopbackName(registry) || configured.has(registry) ? nearness.loopback : nearness.private;
}

/** Why the engine shall not ask a registry; what cannot be resolved here it may know better, by a mirror or a proxy. */
export async function problemOfRegistry(
  registry: string,
  network: RegistryNetwork,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    await checkPlace(new URL(originOf(registry)), { network, most: mostOf(registry, network) }, signal);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof RefusedPlace ? error.message : null;
  }
}

/** As engines see it: without TLS there. */
export function isLoopbackName(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3})(?::\d+)?$/.test(host);
}

/** As the engine does: without TLS on this machine only. */
export function originOf(registry: string): string {
  if (registry === "docker.io") return "https://registry-1.docker.io";
  return `${isLoopbackName(registry) ? "http" : "https"}://${registry}`;
}

async function resolved(
  { hostname }: URL,
  { resolve = resolveName }: RegistryNetwork,
): Promise<readonly string[]> {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (parseAddressRange(host) !== null) return [host];
  const addresses = await resolve(host);
  if (addresses.length === 0) throw new Error(`${host} has no address`);
  return addresses;
}

async function resolveName(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === "https:" ? 443 : 80);
}

function isOwn(address: string, own: readonly string[]): boolean {
  const range = reachedBy(address);
  return range !== null && (isInAny(range, LOOPBACK) || isAmong(range, own));
}

/** However it is written: an address of IPv4 may stand in one of IPv6. */
function isAmong({ digits }: AddressRange, addresses: readonly string[]): boolean {
  return addresses.some((one) => parseAddressRange(one)?.digits === digits);
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((one = []) => one.map(({ address }) => address));
}
