/**
 * To which addresses events may go: not to this machine and its networks, unless the operator allows it, and never to the
 * cloud's metadata; else whoever may name a destination could reach what only this machine can. The address that was checked
 * is the one that is connected to.
 */
import { lookup, Resolver } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { isNeverAsked } from "../../domain/never-asked.ts";

/** Beside what is never asked: private, loopback, shared; IPv6 that carries an IPv4 address. */
const PRIVATE_NETWORKS = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "::/96",
  "::ffff:0:0:0/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "fc00::/7",
  "fec0::/10",
];

const privateNetworks = new BlockList();
for (const network of PRIVATE_NETWORKS) {
  const [address = "", prefix = ""] = network.split("/");
  privateNetworks.addSubnet(address, Number(prefix), familyOf(address));
}

const DNS_TIMEOUT_MS = 3000;
/** What a name server says of names that only this machine's own files may know. */
const UNKNOWN_TO_DNS: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA", "ECONNREFUSED"]);

export class RefusedTarget extends Error {
  override readonly name = "RefusedTarget";
}

/**
 * IPv4 within IPv6 counts as the IPv4 it is. `own`: public ones of this machine, behind which its firewall does not stand
 * for what comes from itself.
 */
export function isOwnOrPrivate(address: string, own: readonly string[] = ownAddresses()): boolean {
  const ownList = new BlockList();
  for (const one of own) ownList.addAddress(one, familyOf(one));
  const isOneOf = (list: BlockList) => list.check(address, familyOf(address));
  return isOneOf(privateNetworks) || isOneOf(ownList);
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((one = []) => one.map(({ address }) => address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

export interface TargetLimits {
  readonly arePrivateTargetsAllowed: boolean;
}

/** Why a URL names an address that is refused; null also for names, which are looked at when they are resolved. */
export function problemOfHost(url: URL, limits: TargetLimits): string | null {
  const host = hostOf(url);
  if (isLocalName(host)) return limits.arePrivateTargetsAllowed ? null : refusal(host);
  return isIP(host) === 0 ? null : problemOfAddress(host, limits);
}

function problemOfAddress(address: string, { arePrivateTargetsAllowed }: TargetLimits): string | null {
  if (isNeverAsked(address))
    return `${address} is a cloud's metadata or no single machine: nothing is sent there`;
  return !arePrivateTargetsAllowed && isOwnOrPrivate(address) ? refusal(address) : null;
}

/** Throws RefusedTarget unless all of its addresses may be used, and what the resolver throws. */
export async function addressesOf(url: URL, limits: TargetLimits): Promise<readonly string[]> {
  const problem = problemOfHost(url, limits);
  if (problem !== null) throw new RefusedTarget(problem);
  const addresses = isIP(hostOf(url)) === 0 ? await resolveName(hostOf(url)) : [hostOf(url)];
  const found = addresses.map((one) => problemOfAddress(one, limits)).find((one) => one !== null);
  if (found !== undefined) throw new RefusedTarget(found);
  return addresses;
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/**
 * Name servers are asked without the system's lookup, of which only a few can be under way in a process: one that hangs
 * would hold up files and everybody else's lookups.
 */
async function resolveName(name: string): Promise<readonly string[]> {
  if (isLocalName(name)) return ["127.0.0.1"];
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 2 });
  const found = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const addresses = found.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  if (addresses.length > 0) return addresses;
  const [failure] = found.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  if (!UNKNOWN_TO_DNS.has(codeOf(failure))) throw failure;
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

function isLocalName(name: string): boolean {
  return /(^|\.)localhost\.?$/i.test(name);
}

function refusal(address: string): string {
  return `${address} is no address of the public Internet, or is this machine's. Allow such with "eventPrivateTargets": true in settings.json, \`slipway down --keep-serving\` and \`slipway up\``;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
