import { expect, it } from "vitest";
import { parseAddressRange } from "./address-range.ts";
import { isInAny, isNeverAsked, ranges } from "./never-asked.ts";
import { NEVER_REACHABLE } from "./network.ts";
import { refusedNetworks } from "./network-isolation.ts";

const IPV4 = [
  "0.0.0.0",
  "100.100.100.200",
  "168.63.129.16",
  "169.254.169.254",
  "169.254.170.2",
  "192.0.0.192",
  "224.0.0.1",
  "255.255.255.255",
];

it.each([
  ...IPV4,
  ...IPV4.map((address) => `::ffff:${address}`),
  ...IPV4.map((address) => `64:ff9b::${address}`),
  "::",
  "2001::1",
  "2002:a9fe:a9fe::1",
  "fd00:ec2::254",
  "fd20:ce::254",
  "fe80::1",
  "fe80::1%eth0",
  "ff02::1",
  "not an address",
])("%s is never asked", (address) => {
  expect(isNeverAsked(address)).toBe(true);
});

it.each([
  "10.0.0.1",
  "127.0.0.1",
  "::1",
  "fd00::1",
  "203.0.113.7",
  "64:ff9b::203.0.113.7",
  "2606:4700::1111",
])("%s is each one's own affair", (address) => {
  expect(isNeverAsked(address)).toBe(false);
});

it.each(IPV4)("%s is not reached by an instance either, whatever network it is connected to", (address) => {
  const range = parseAddressRange(address)!;
  expect(isInAny(range, ranges(...NEVER_REACHABLE))).toBe(true);
  expect(isInAny(range, ranges(...refusedNetworks))).toBe(true);
});
