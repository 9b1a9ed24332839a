/**
 * Which machines we fetch from. Private networks are fine, self-hosted Git hosts live there; refused are the metadata
 * services of clouds and the control plane's own ports. Names are resolved here once, and what git or node connects to are
 * the addresses that were checked.
 */
import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { parseAddressRange } from "../../domain/address-range.ts";
import { isInAny, isNeverAsked, ranges, reachedBy } from "../../domain/never-asked.ts";
import { SourceError } from "../../ports/source-code.ts";

const LOOPBACK = ranges("127.0.0.0/8", "::1");

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
  const isOwnPort = rules.ownPorts.includes(port) && isOwn(address);
  if (!isNeverAsked(address) && !isOwnPort) return;
  throw new SourceError("address", `${host}:${port} is not a place that source code is fetched from.`);
}

function isOwn(address: string): boolean {
  const reached = reachedBy(address);
  if (reached === null) return false;
  const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return (
    isInAny(reached, LOOPBACK) ||
    own.some((entry) => parseAddressRange(entry.address)?.digits === reached.digits)
  );
}
