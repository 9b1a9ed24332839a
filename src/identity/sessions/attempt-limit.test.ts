import { randomBytes } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { SealedVault } from "../../secrets/sealed-vault.ts";
import { AttemptLimit, type AttemptSource } from "./attempt-limit.ts";
import { DeviceTokens } from "./device-tokens.ts";
import { SignInLinks } from "./sign-in-links.ts";

let nowMs: number;
let limit: AttemptLimit;
const clock = { now: () => nowMs };

beforeEach(() => {
  nowMs = 1_000_000;
  limit = new AttemptLimit(clock);
});

function from(overrides: Partial<AttemptSource> = {}): AttemptSource {
  return { userName: "ann", sourceAddress: "192.0.2.1", proof: "none", ...overrides };
}

function fail(times: number, source: AttemptSource): void {
  for (let count = 0; count < times; count++) expect(limit.admit(source)).toBe(0);
}

test("five are free, then each failure doubles the wait up to a minute, and an early one costs nothing", () => {
  fail(5, from());
  const waits: number[] = [];
  for (let count = 0; count < 9; count++) {
    const waitMs = limit.admit(from());
    waits.push(waitMs);
    expect(limit.admit(from())).toBe(waitMs);
    nowMs += waitMs;
    expect(limit.admit(from())).toBe(0);
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000));
});

test("attempts count before they are looked at: many at once are many", () => {
  const admitted = Array.from({ length: 50 }, () => limit.admit(from())).filter((waitMs) => waitMs === 0);
  expect(admitted).toHaveLength(5);
});

test("another name is free, until the address has tried twenty", () => {
  for (let count = 0; count < 20; count++) fail(1, from({ userName: `user${count}` }));
  expect(limit.admit(from({ userName: "fresh" }))).toBeGreaterThan(0);
  expect(limit.admit(from({ userName: "fresh", sourceAddress: "192.0.2.2" }))).toBe(0);
});

test("who knows the right password gets in while others guess: by the browser, and by the address they had", () => {
  const home = from({ sourceAddress: "198.51.100.7" });
  fail(1, home);
  limit.succeeded(home);
  for (let count = 0; count < 100; count++) {
    limit.admit(from({ sourceAddress: `203.0.113.${count}` }));
    nowMs += 500;
  }
  expect(limit.admit(from({ sourceAddress: "203.0.113.200" }))).toBeGreaterThan(0);
  expect(limit.admit(home)).toBe(0);
  expect(limit.admit(from({ sourceAddress: "203.0.113.201", proof: "device" }))).toBe(0);
});

test("a stolen browser's token guesses no faster", () => {
  const stolen = from({ proof: "device" });
  fail(5, stolen);
  expect(limit.admit(stolen)).toBeGreaterThan(0);
});

test("an address of IPv6 is its network, one of IPv4 is itself however it is written", () => {
  for (let count = 0; count < 20; count++) {
    fail(1, from({ userName: `user${count}`, sourceAddress: `2001:db8:0:7::${count.toString(16)}` }));
  }
  expect(limit.admit(from({ userName: "x", sourceAddress: "2001:db8:0:7:ffff::1" }))).toBeGreaterThan(0);
  expect(limit.admit(from({ userName: "x", sourceAddress: "2001:db8:0:8::1" }))).toBe(0);
  for (let count = 0; count < 20; count++)
    fail(1, from({ userName: `other${count}`, sourceAddress: "10.0.0.1" }));
  expect(limit.admit(from({ userName: "y", sourceAddress: "::ffff:10.0.0.1" }))).toBeGreaterThan(0);
});

test("a quarter of an hour of peace is forgotten, and what was not looked at does not count", () => {
  fail(5, from());
  expect(limit.admit(from())).toBeGreaterThan(0);
  nowMs += 15 * 60_000;
  fail(1, from());
  for (let count = 0; count < 20; count++) {
    fail(1, from({ userName: "bob" }));
    limit.dropped(from({ userName: "bob" }));
  }
});

test("a clock that goes back keeps nobody out for longer", () => {
  fail(5, from());
  nowMs -= 24 * 60 * 60_000;
  fail(1, from());
  const waitMs = limit.admit(from());
  expect(waitMs).toBe(2_000);
  nowMs += waitMs;
  fail(1, from());
});

test("of a flood of names the oldest are forgotten, so that it takes bounded memory", () => {
  fail(5, from({ sourceAddress: null }));
  expect(limit.admit(from())).toBeGreaterThan(0);
  for (let count = 0; count < 10_000; count++) {
    limit.admit(from({ userName: `n${count}`, sourceAddress: `10.0.${count >> 8}.${count & 255}` }));
  }
  expect(limit.admit(from())).toBe(0);
});

test("a browser's token is the user's it was made for, for ninety days, under this installation's key", () => {
  const key = new SealedVault(randomBytes(32)).deriveKey("devices");
  const tokens = new DeviceTokens(key, clock);
  const token = tokens.issue("ann");
  expect(tokens.isOf("ann", token)).toBe(true);
  // Names that differ in case alone are two users'.
  for (const other of ["Ann", "bob"]) expect(tokens.isOf(other, token)).toBe(false);
  expect(tokens.isOf("ann", `9${token}`)).toBe(false);
  expect(tokens.isOf("ann", null)).toBe(false);
  expect(
    new DeviceTokens(new SealedVault(randomBytes(32)).deriveKey("devices"), clock).isOf("ann", token),
  ).toBe(false);
  nowMs += 91 * 24 * 60 * 60_000;
  expect(tokens.isOf("ann", token)).toBe(false);
});

test("whoever asks for many links pushes out their own alone", () => {
  const links = new SignInLinks(clock);
  const keyOf = (accessKeyId: string) => ({ kind: "root", arn: "root", accessKeyId }) as const;
  const others = links.create(keyOf("AKIAOTHER"));
  const [first, second] = Array.from({ length: 6 }, () => links.create(keyOf("AKIAMANY")));
  expect(links.redeem(others.token)).toMatchObject({ accessKeyId: "AKIAOTHER" });
  expect(links.redeem(first?.token ?? "")).toBeNull();
  expect(links.redeem(second?.token ?? "")).toMatchObject({ accessKeyId: "AKIAMANY" });
});
