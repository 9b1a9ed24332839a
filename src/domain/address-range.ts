/** IPv4 and IPv6 ranges, as the edge compares them too: digits of the address, and how many of its bits count. Pure. */

export interface AddressRange {
  /** Lower-case hex: 8 digits of IPv4, 32 of IPv6. Bits behind the length are 0. */
  readonly digits: string;
  readonly bits: number;
}

const IPV4_BITS = 32;
const IPV6_BITS = 128;
const IPV6_GROUPS = 8;
/** `::ffff:1.2.3.4` is 1.2.3.4: a socket of both kinds tells IPv4 clients like that. */
const MAPPED = "00000000000000000000ffff";

/** Null for what is none. An address is a range of one. */
export function parseAddressRange(text: string): AddressRange | null {
  const [address = "", length, ...rest] = text.split("/");
  if (rest.length > 0) return null;
  const digits = ipv4Digits(address) ?? ipv6Digits(address);
  if (digits === null) return null;
  const most = digits.length === 8 ? IPV4_BITS : IPV6_BITS;
  if (length !== undefined && !/^(0|[1-9]\d{0,2})$/.test(length)) return null;
  const bits = Number(length ?? most);
  return bits > most ? null : unmapped({ digits: cleared(digits, bits), bits });
}

/** Whether all of `inner` is in `outer`. Nothing of IPv4 is in a range of IPv6. */
export function isInRange(inner: AddressRange, outer: AddressRange): boolean {
  if (inner.digits.length !== outer.digits.length || inner.bits < outer.bits) return false;
  return cleared(inner.digits, outer.bits) === outer.digits;
}

function unmapped(range: AddressRange): AddressRange {
  const { digits, bits } = range;
  const isMapped = digits.startsWith(MAPPED) && bits >= IPV6_BITS - IPV4_BITS;
  return isMapped ? { digits: digits.slice(MAPPED.length), bits: bits - (IPV6_BITS - IPV4_BITS) } : range;
}

function cleared(digits: string, bits: number): string {
  const length = digits.length * 4;
  const rest = BigInt(length - bits);
  return ((BigInt(`0x${digits}`) >> rest) << rest).toString(16).padStart(digits.length, "0");
}

function ipv4Digits(text: string): string | null {
  const parts = text.split(".");
  const isIpv4 = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && +part < 256);
  return isIpv4 ? parts.map((part) => Number(part).toString(16).padStart(2, "0")).join("") : null;
}

function ipv6Digits(text: string): string | null {
  const halves = text.split("::");
  if (halves.length > 2 || !text.includes(":")) return null;
  const [head, tail] = [groupsOf(halves[0] ?? ""), groupsOf(halves[1] ?? "")];
  if (head === null || tail === null) return null;
  const missing = IPV6_GROUPS - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  return [...head, ...Array.from({ length: missing }, () => "0000"), ...tail].join("");
}

/** Of one side of `::`; null for what is none. The last may be an IPv4 address. */
function groupsOf(text: string): readonly string[] | null {
  if (text === "") return [];
  const groups: string[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const ipv4 = index === parts.length - 1 ? ipv4Digits(part) : null;
    if (ipv4 !== null) groups.push(ipv4.slice(0, 4), ipv4.slice(4));
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(part.toLowerCase().padStart(4, "0"));
    else return null;
  }
  return groups;
}
