import { describe, expect, it } from "vitest";
import { parseRequestLine } from "./request-line.ts";

/** By their place in the line (`accessLog`). */
const FIELDS = {
  frontend: "web",
  count: "7",
  worker: "4711",
  accepted: "1700000000.250",
  handshakeMs: "0",
  idleMs: "30",
  client: "192.0.2.1",
  scheme: "http",
  backend: "slot_7_http",
  server: "i-1",
  method: "GET",
  status: "200",
  bytes: "120",
  held: "-",
  queued: "0",
  connect: "1",
  response: "20",
  active: "25",
  state: "--",
  told: "l",
  weight: "1",
  trace: "-",
  requestId: "4711-1700000000-9",
  serviceHost: "-",
  host: "Shop.Test:8080",
  path: "/a",
};

function lineOf(change: Partial<typeof FIELDS> = {}): string {
  return Object.values({ ...FIELDS, ...change }).join("\t");
}

function parse(change: Partial<typeof FIELDS> = {}) {
  return parseRequestLine(lineOf(change), (name) => (name === "shop.test" ? "own.test" : undefined));
}

it("reads a line", () => {
  expect(parse()).toEqual({
    worker: 4711,
    frontend: "web",
    count: 7,
    record: {
      startedAtMs: 1_700_000_000_280,
      host: "shop.test",
      serviceHost: "own.test",
      slot: 7,
      instanceId: "i-1",
      method: "GET",
      path: "/a",
      status: 200,
      responseBytes: 120,
      clientAddress: "192.0.2.1",
      scheme: "http",
      requestId: "4711-1700000000-9",
      timings: { heldMs: null, queuedMs: 0, connectMs: 1, responseMs: 20, totalMs: 25 },
      cut: null,
      isForAccessLog: true,
      trace: null,
      weight: 1,
    },
  });
});

it.each([
  ["l", true],
  ["lt", true],
  ["t", false],
  ["-", false],
])("knows whether it belongs to the access log: %s", (told, isForAccessLog) => {
  expect(parse({ told })?.record.isForAccessLog).toBe(isForAccessLog);
});

it("counts the time at a gate in", () => {
  const { record } = parse({ frontend: "passed", held: "500" }) ?? {};
  expect(record?.timings).toMatchObject({ heldMs: 500, totalMs: 525 });
  expect(record?.startedAtMs).toBe(1_700_000_000_280 - 500);
});

describe("what is hostile or missing", () => {
  it.each([
    ["nothing", ""],
    ["too few fields", lineOf().split("\t").slice(1).join("\t")],
    ["too many, by a tab", lineOf({ path: "/a\tb" })],
    ["a count that is none", lineOf({ count: "x" })],
    ["a worker that is none", lineOf({ worker: "1.5" })],
    ["an empty worker", lineOf({ worker: "" })],
    ["a time that is none", lineOf({ accepted: "-" })],
    ["bytes that are none", lineOf({ bytes: "many" })],
    ["a status that is none", lineOf({ status: "-" })],
    ["an active time that is none", lineOf({ active: "" })],
  ])("is no line: %s", (_what, line) => {
    expect(parseRequestLine(line, () => undefined)).toBeNull();
  });

  it("keeps escaped characters and a path that was cut as they are", () => {
    const path = `/#09#00${"x".repeat(1_900)}`;
    expect(parse({ path })?.record.path).toBe(path);
  });

  it("has neither host nor instance where there was none", () => {
    const { record } = parse({ host: "", server: "<NOSRV>", backend: "slot_7", state: "SC" }) ?? {};
    expect(record).toMatchObject({ host: null, instanceId: null, cut: "instance-closed" });
    expect(record).not.toHaveProperty("serviceHost");
  });

  it("takes what did not come so far for null, a client that left for status 0", () => {
    const { record } =
      parse({ status: "-1", queued: "-1", connect: "-1", response: "-1", state: "CQ" }) ?? {};
    expect(record).toMatchObject({ status: 0, cut: "client-left" });
    expect(record?.timings).toMatchObject({ queuedMs: null, connectMs: null, responseMs: null });
  });

  it("takes a forged time at a gate for none", () => {
    expect(parse({ held: "NaN" })?.record.timings.heldMs).toBeNull();
    expect(parse({ held: "-5" })?.record.timings.heldMs).toBeNull();
  });
});

it.each([
  ["cD", "slot_7", "200", "client-timeout"],
  ["sQ", "slot_7", "503", "queue-timeout"],
  ["sH", "slot_7", "504", "instance-timeout"],
  ["SD", "slot_7", "200", "instance-closed"],
  ["PR", "slot_7", "429", "queue-full"],
  ["PR", "slot_7", "503", "no-instance"],
  ["PR", "closed", "429", "queue-full"],
  ["LR", "refuse_paused", "503", "refused"],
  ["LR", "to_https", "301", null],
  ["KD", "slot_7", "200", "edge-stopped"],
])("says why it ended: %s of %s with %s", (state, backend, status, cut) => {
  expect(parse({ state, backend, status })?.record.cut).toBe(cut);
});
