import { describe, expect, it } from "vitest";
import { maxConnections } from "./base-settings.ts";
import { limitsWithin } from "./gate-limits.ts";
import {
  encodeCheckPath,
  formatHostEntry,
  hostEntry,
  mapKey,
  parseCheckPaths,
  parseHostMap,
} from "./host-map.ts";
import { slotOfFileName } from "./layout.ts";
import { parseSlot } from "./slot-file.ts";

const empty = "backend slot_7 from slot_tcp\nbackend slot_7_http from slot_http\n";

describe("state read back", () => {
  it.each([
    ["another slot's file", empty.replaceAll("7", "8")],
    ["a torn file", empty.slice(0, -5)],
    ["an empty file", ""],
    ["a line of somebody else", `${empty}  option httpchk\n`],
    [
      "a line out of range",
      `${empty}  server i 10.0.0.1:99999 maxconn 1 weight 1 check inter 5s rise 1 fall 5\n`,
    ],
    [
      "a name for an address",
      `${empty}  server i example.com:80 maxconn 1 weight 1 check inter 5s rise 1 fall 5\n`,
    ],
  ])("does not take %s for a slot", (_what, text) => expect(parseSlot(7, text)).toBeNull());

  it("takes the lines of a host map that it understands", () => {
    const { entries, broken } = parseHostMap(
      [
        "a.test slot_1/2/slot_1",
        "b.test slot_x/2/slot_x",
        "???",
        "c.test refuse_nothing/0/refuse_nothing",
        "d.test slot_1/2/slot_2",
        "e.test open/2/slot_2",
        "f.test closed/2",
        "g.test closed/2/slot_2_http",
        "h.test closed/2/slot_1/slot_1",
        "i.test to_https/2/slot_1/slot_2",
        "j.test to_https/2/slot_1/closed",
        "",
      ].join("\n"),
    );
    expect([...entries.keys()]).toEqual(["a.test", "g.test", "j.test"]);
    expect(broken).toHaveLength(8);
  });

  it("takes a host map from before there were gates, and from before there was TLS", () => {
    const text =
      "a.test slot_1_http/2\nb.test refuse_paused\nc.test closed/2/slot_1\nd.test slot_1/2/slot_1\n";
    const { entries } = parseHostMap(text);
    expect([...entries].map(([host, entry]) => `${host} ${formatHostEntry(entry, "serve")}`)).toEqual([
      "a.test slot_1_http/2/slot_1_http/slot_1_http",
      "b.test refuse_paused/0/refuse_paused/refuse_paused",
      "c.test closed/2/slot_1/closed",
      "d.test slot_1/2/slot_1/slot_1",
    ]);
  });

  it("takes the check paths that it wrote", () => {
    expect([...parseCheckPaths("slot_1_http /a%20b\nslot_2_http no\nother /x\nslot_3_http /a b\n")]).toEqual([
      ["slot_1_http", "/a%20b"],
    ]);
  });

  it("knows a slot's file by its name", () => {
    expect(
      ["slot_0.cfg", "slot_12.cfg", "slot_012.cfg", "slot_1.cfg.new", "x.cfg"].map(slotOfFileName),
    ).toEqual([0, 12, null, null, null]);
  });
});

it("makes one word of a check path, leaving what is encoded alone", () => {
  expect(["/", "health", "/a b", "/a;b\\c#d", "/%20?x=1&y=ü", "/\n'\""].map(encodeCheckPath)).toEqual([
    "/",
    "/health",
    "/a%20b",
    "/a%3Bb%5Cc%23d",
    "/%20?x=1&y=%C3%BC",
    "/%0A%27%22",
  ]);
});

it("takes host names only", () => {
  expect(mapKey("A.Example.COM.")).toBe("a.example.com");
  for (const host of ["", "a b", "a;b", "a..b", "-a.test", "a\n", "x".repeat(254)]) {
    expect(() => mapKey(host)).toThrow(/not a host name/);
  }
});

it("refuses a queue limit that is none", () => {
  expect(() =>
    hostEntry({ kind: "slot", slot: 1, queueLimit: -1, gate: "open" }, { kind: "tcp", protocol: "http1" }),
  ).toThrow(/not a queue limit/);
});

it("holds for one host a quarter of all connections at most", () => {
  const limits = { holdMs: 1, heldPerHost: 5_000 };
  expect(limitsWithin(limits, 8_750).heldPerHost).toBe(2_187);
  expect(limitsWithin(limits, 20_000)).toEqual(limits);
});

it("stays below the limit of file descriptors", () => {
  expect([256, 1_024, 20_000, 1_048_576].map(maxConnections)).toEqual([100, 210, 8_750, 40_000]);
});
