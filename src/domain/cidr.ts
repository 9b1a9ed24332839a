/** IPv4 ranges as text: `10.0.5.0/24`. */
import { type AddressRange, isInRange, parseAddressRange } from "./address-range.ts";

/** Canonical: the first address of the range, always with its length. Null for what is no IPv4 range; an address is one of one. */
export function canonicalCidr(text: string): string | null {
  const range = parseCidr(text);
  if (range === null) return null;
  const bytes = range.digits.match(/../g) ?? [];
  return `${bytes.map((byte) => Number.parseInt(byte, 16)).join(".")}/${range.bits}`;
}

/** Whether all of `inner` is in `outer`. False for what is no range. */
export function isWithin(inner: string, outer: string): boolean {
  const [small, large] = [parseCidr(inner), parseCidr(outer)];
  return small !== null && large !== null && isInRange(small, large);
}

/** Not in the clothes of IPv6: what reads it next would take that for IPv6. */
function parseCidr(text: string): AddressRange | null {
  return text.includes(":") ? null : parseAddressRange(text);
}
