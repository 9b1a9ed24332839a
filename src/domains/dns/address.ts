/** IP addresses: one spelling for each, and those that nobody may make us talk to. */
import { BlockList, isIPv4, isIPv6 } from "node:net";

/** Never: this network, link-local (cloud metadata lives there), multicast, reserved; metadata at other places. */
const forbidden = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["100.100.100.200", 32],
  ["169.254.0.0", 16],
  ["192.0.0.192", 32],
  ["224.0.0.0", 3],
] as const) {
  forbidden.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 128],
  ["fd00:ec2::", 32],
  ["fe80::", 10],
  ["ff00::", 8],
  // IPv4 in another dress: translated or tunnelled.
  ["64:ff9b::", 96],
  ["2002::", 16],
] as const) {
  forbidden.addSubnet(network, prefix, "ipv6");
}

/**
 * Whether a name server or a web server may be asked there. Private addresses and loopback may: an installation in a closed
 * network has no others, and all that is ever sent is a DNS question or a GET of a challenge's path.
 */
export function mayBeAsked(address: string): boolean {
  if (isIPv4(address)) return !forbidden.check(address, "ipv4");
  return isIPv6(address) && !forbidden.check(address, "ipv6");
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
