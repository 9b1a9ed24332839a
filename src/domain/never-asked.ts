/**
 * Addresses that nobody may make this machine talk to, whatever for: the metadata of clouds, which gives their credentials
 * to who asks, and what is no single machine. One list, so that no adapter forgets a cloud; what is merely private is each
 * one's own affair. Pure.
 */
import { type AddressRange, isInRange, parseAddressRange } from "./address-range.ts";

const NEVER_ASKED = ranges(
  "0.0.0.0/8", // this network
  "100.100.100.200", // Alibaba's metadata
  "168.63.129.16", // Azure's host agent
  "169.254.0.0/16", // link-local: metadata of most clouds
  "192.0.0.192", // Oracle's metadata
  "224.0.0.0/3", // multicast, reserved
  "::",
  "2001::/32", // IPv4 in tunnels
  "2002::/16",
  "fd00:ec2::/32", // Amazon's metadata
  "fd20:ce::254", // Google's
  "fe80::/10",
  "ff00::/8",
);
/** Where networks without IPv4 reach all of it: the last 32 bits tell whom. */
const TRANSLATED = ranges("64:ff9b::/96");
const IPV4_DIGITS = 8;

/** What an address leads to: IPv4 that stands in IPv6 is IPv4. Null for what is no address. */
export function reachedBy(address: string): AddressRange | null {
  const range = parseAddressRange(address);
  if (range === null || !isInAny(range, TRANSLATED)) return range;
  return { digits: range.digits.slice(-IPV4_DIGITS), bits: IPV4_DIGITS * 4 };
}

/** Also what is no address. */
export function isNeverAsked(address: string): boolean {
  const reached = reachedBy(address);
  return reached === null || isInAny(reached, NEVER_ASKED);
}

export function isInAny(range: AddressRange, list: readonly AddressRange[]): boolean {
  return list.some((one) => isInRange(range, one));
}

/** Of texts that are known to be some. */
export function ranges(...texts: readonly string[]): readonly AddressRange[] {
  return texts.map((text) => {
    const range = parseAddressRange(text);
    if (range === null) throw new RangeError(`${text} is no range of addresses`);
    return range;
  });
}
