/** Ranges of IPv4 and IPv6 addresses, as IpAddress conditions have them. An IPv4 address inside of IPv6 is the IPv4 address. */
import { isInRange, parseAddressRange } from "../address-range.ts";
import { MalformedPolicy, shown } from "./malformed-policy.ts";

/** Throws MalformedPolicy. Bits behind the prefix are ignored, as AWS does. */
export function compileIpRange(text: string): (address: string) => boolean {
  const range = parseAddressRange(text);
  if (range === null) {
    throw new MalformedPolicy(
      `Invalid IP address or range: ${shown(text)}. Write 203.0.113.0/24 or 2001:db8::/32.`,
    );
  }
  return (given) => {
    const address = given.includes("/") ? null : parseAddressRange(given);
    return address !== null && isInRange(address, range);
  };
}
