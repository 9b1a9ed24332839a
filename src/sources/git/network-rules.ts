/**
 * Which machines we fetch from. Private networks are fine, self-hosted Git hosts live there; refused are the metadata
 * services of clouds and the control plane's own ports. Names are resolved here once, and what git or node connects to are
 * the addresses that were checked.
 */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { SourceError } from "../../ports/source-code.ts";

const REFUSED = new BlockList();
// "This" host, link-local (metadata of most clouds), multicast, broadcast, and metadata addresses of single clouds.
REFUSED.addSubnet("0.0.0.0", 8, "ipv4");
REFUSED.addSubnet("169.254.0.0", 16, "ipv4");
REFUSED.addSubnet("224.0.0.0", 3, "ipv4");
REFUSED.addAddress("100.100.100.200", "ipv4");
REFUSED.addAddress("168.63.129.16", "ipv4");
REFUSED.addAddress("192.0.0.192", "ipv4");
REFUSED.addAddress("::", "ipv6");
REFUSED.addAddress("fd00:ec2::254", "ipv6");
REFUSED.addAddress("fd20:ce::254", "ipv6");
REFUSED.addSubnet("fe80::", 10, "ipv6");
// IPv4 in other dress: tunnels.
REFUSED.addSubnet("2002::", 16, "ipv6");
REFUSED.addSubnet("2001::", 32, "ipv6");
REFUSED.addSubnet("ff00::", 8, "ipv6");

export interface NetworkRules {
  /** Of this machine, where no Git host is: the control plane's, the engine's, the one of instances. */
  readonly ownPorts: readonly number[];
}

/** Addresses of the host, all of them permitted. Throws SourceError "unreachable" or "address". */
export async function resolveHost(
  host: string,
  port: number,
  rules: NetworkRules,
): Promise<readonly [string, ...string[]]> {
  const found = await lookup(host, { all: true }).catch((error: unknown) => {
    throw new SourceError("unreachable", `The host ${host} is not known to this machine's name servers.`, {
      cause: error,
    });
  });
  const [first, ...others] = found.map(({ address }) => address);
  if (first === undefined) throw new SourceError("unreachable", `The host ${host} has no address.`);
  for (const address of [first, ...others]) checkAddress(host, address, port, rules);
  return [first, ...others];
}

function checkAddress(host: string, address: string, port: number, rules: NetworkRules): void {
  const plain = unmapped(address);
  const isRefused = REFUSED.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
  if (!isRefused && !(rules.ownPorts.includes(port) && isOwn(plain))) return;
  throw new SourceError("address", `${host}:${port} is not a place that source code is fetched from.`);
}

/** `::ffff:10.0.0.1` and its hexadecimal form are IPv4. */
function unmapped(address: string): string {
  const mapped = /^::ffff:(.+)$/i.exec(address)?.[1];
  if (mapped === undefined) return address;
  if (isIP(mapped) === 4) return mapped;
  const [high = 0, low = 0] = mapped.split(":").map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

function isOwn(address: string): boolean {
  if (address === "::1" || address.startsWith("127.")) return true;
  return Object.values(networkInterfaces()).some((entries) =>
    entries?.some((entry) => entry.address === address),
  );
}
