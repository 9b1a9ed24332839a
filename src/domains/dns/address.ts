/** IP addresses: one spelling for each, and those that nobody may make us talk to. */
import { isIPv4, isIPv6 } from "node:net";
import { isNeverAsked } from "../../domain/never-asked.ts";

/**
 * Whether a name server or a web server may be asked there. Private addresses and loopback may: an installation in a closed
 * network has no others, and all that is ever sent is a DNS question or a GET of a challenge's path.
 */
export function mayBeAsked(address: string): boolean {
  return !isNeverAsked(address);
}

/** IPv6 in lower case and compressed, so that texts can be compared. */
export function canonicalAddress(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1) : address;
}

/** `address`, `address:port` or `[address]:port`. Throws RangeError. */
export function parseServer(
  text: string,
  defaultPort: number,
): { readonly address: string; readonly port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::(\d{1,5}))?$/.exec(text);
  const address = match?.[1] ?? match?.[2] ?? text;
  const port = Number(match?.[3] ?? defaultPort);
  if ((!isIPv4(address) && !isIPv6(address)) || port < 1 || port > 65_535) {
    throw new RangeError(
      `${text} is no address of a name server: write 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53`,
    );
  }
  return { address, port };
}
