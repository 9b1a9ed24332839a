import { describe, expect, it } from "vitest";
import { parseExtensions } from "../domain/extension.ts";
import type { RouteGuard } from "../ports/route-guard.ts";
import { formatGuard, parseGuard } from "./guard-entry.ts";
import { formatHostEntry, parseHostEntry } from "./host-map.ts";

const none: RouteGuard = {
  allowed: null,
  rateLimit: null,
  deniedPaths: null,
  maxBodyBytes: null,
  isDefaultHostOff: false,
  requestTimeoutMs: null,
  passwords: null,
};
const all: RouteGuard = {
  allowed: [
    { digits: "0a000000", bits: 8 },
    { digits: "0".repeat(32), bits: 0 },
  ],
  rateLimit: { intervalUs: 100_000, burst: 10 },
  deniedPaths: { status: 403, patterns: ["/admin", "*.php"] },
  maxBodyBytes: 1_000_000,
  isDefaultHostOff: true,
  requestTimeoutMs: 30_000,
  passwords: { salt: "5a17", digests: ["ab".repeat(32), "cd".repeat(32)] },
};

describe("a guard in the host map", () => {
  it.each([
    ["everything", all],
    ["one thing", { ...none, isDefaultHostOff: true }],
    ["a password that nobody has", { ...none, passwords: { salt: "5a17", digests: [] } }],
  ])("is read back: %s", (_what, guard) => {
    expect(parseGuard(formatGuard(guard))).toEqual(guard);
    for (const onHttp of ["serve", "redirect"] as const) {
      const slot = { slot: 7, check: "tcp", protocol: "http1", queueLimit: 25 } as const;
      const logging = { hasAccessLog: true, isTraced: false };
      for (const entry of [
        { kind: "slot", ...slot, gate: "open", guard },
        { kind: "slot", ...slot, gate: "closed", guard, logging },
        { kind: "refuse", reason: "paused", guard },
      ] as const) {
        expect(parseHostEntry(formatHostEntry(entry, onHttp))).toEqual(entry);
        const hidden = { ...entry, isPrivate: true } as const;
        expect(parseHostEntry(formatHostEntry(hidden, onHttp))).toEqual(hidden);
      }
    }
  });

  it.each([
    "",
    "x",
    "h+",
    "c:",
    "c:0a00~8",
    "c:0a000000~8;",
    "r:1",
    "p:200:2f",
    "p:404:2f zz",
    "b:-1",
    "b:1+q",
    "a::ab",
    "a:salt:a b",
    "t:1\n",
  ])("is not %j", (text) => {
    expect(parseGuard(text)).toBeNull();
    expect(parseHostEntry(`guarded/25/slot_7/guarded//slot_7/${text}`)).toBeNull();
  });

  it("holds the longest that tags and a secret can say", () => {
    const ranges = Array.from({ length: 64 }, (_, index) => `::${index % 10}`).join(" ");
    const { basicAuth: _none, ...protection } = parseExtensions([
      { key: "slipway:allow-cidrs", value: ranges },
      { key: "slipway:deny-paths", value: "a".repeat(256) },
      { key: "slipway:rate-limit", value: "100000/m burst=100000" },
      { key: "slipway:max-body", value: "1024GiB" },
      { key: "slipway:request-timeout", value: "120s" },
    ]).protection;
    const passwords = { salt: "a".repeat(32), digests: Array.from({ length: 100 }, () => "ab".repeat(32)) };
    const guard = { ...protection, isDefaultHostOff: true, passwords };
    expect(parseGuard(formatGuard(guard))).toEqual(guard);
  });

  it("is not written where it would not be read back", () => {
    const digests = Array.from({ length: 300 }, () => "ab".repeat(32));
    expect(() => formatGuard({ ...none, passwords: { salt: "5a17", digests } })).toThrow(/12000 characters/);
    expect(() => formatGuard({ ...none, passwords: { salt: "a b", digests: [] } })).toThrow(/of its form/);
    expect(() => formatGuard(none)).toThrow(/of its form/);
  });

  it("stands before slots and refusals, and nowhere else", () => {
    for (const value of [
      "guarded/25/slot_7/guarded",
      "slot_7/25/slot_7/slot_7//slot_7/h",
      "guarded/1/slot_7/slot_7",
    ])
      expect(parseHostEntry(value)).toBeNull();
  });
});
