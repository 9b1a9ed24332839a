import { describe, expect, it } from "vitest";
import type { ServerLine } from "./slot-file.ts";
import { planSlot } from "./slot-plan.ts";
import type { ServerRow } from "./statistics.ts";

const line: ServerLine = {
  instanceId: "i-1",
  kind: "tcp",
  address: "10.0.0.1",
  port: 8080,
  maxConcurrency: 5,
  protocol: "http1",
  isDraining: false,
  isChecked: true,
  intervalS: 5,
  rise: 1,
  fall: 5,
};
const row: ServerRow = {
  slot: 7,
  kind: "tcp",
  instanceId: "i-1",
  address: "10.0.0.1",
  port: 8080,
  maxConcurrency: 5,
  isDraining: false,
  isChecked: true,
  isInMaintenance: false,
  health: "up",
  inFlight: 0,
  rise: 1,
  fall: 5,
};
const plan = (wished: readonly ServerLine[], running: readonly ServerRow[]): readonly string[] =>
  planSlot(7, wished, running).map(({ text }) => text);
const addition = [
  "add server slot_7/i-1 10.0.0.1:8080 maxconn 5 weight 1 check inter 5s rise 1 fall 5 pool-max-conn -1 pool-purge-delay 5s",
  "set server slot_7/i-1 health up",
  "enable health slot_7/i-1",
  "set server slot_7/i-1 state ready",
];
const removal = [
  "set server slot_7/i-1 state maint",
  "shutdown sessions server slot_7/i-1",
  "del server slot_7/i-1",
];

describe("slot plan", () => {
  it("does nothing when all is as wished", () => expect(plan([line], [row])).toEqual([]));
  it("adds what is missing", () => expect(plan([line], [])).toEqual(addition));
  it("removes what is not wished", () => expect(plan([], [row])).toEqual(removal));
  it("adds before it removes", () => {
    expect(plan([line], [{ ...row, instanceId: "i-0" }])).toEqual([
      ...addition,
      ...removal.map((command) => command.replace("i-1", "i-0")),
    ]);
  });
  it("replaces a server that stands at another address", () =>
    expect(plan([line], [{ ...row, address: "10.0.0.2" }])).toEqual([...removal, ...addition]));
  it("drains and undrains by weight", () => {
    expect(plan([{ ...line, isDraining: true }], [row])).toEqual(["set server slot_7/i-1 weight 0"]);
    expect(plan([line], [{ ...row, isDraining: true }])).toEqual(["set server slot_7/i-1 weight 1"]);
  });
  it("changes the concurrency in place", () =>
    expect(plan([{ ...line, maxConcurrency: 9 }], [row])).toEqual(["set maxconn server slot_7/i-1 9"]));
  it("finishes an addition that was interrupted", () =>
    expect(plan([line], [{ ...row, isInMaintenance: true, isChecked: false }])).toEqual(addition.slice(1)));
  it("turns the check of a server off, and up what it may have taken down meanwhile", () => {
    const off = ["disable health slot_7/i-1", "set server slot_7/i-1 health up"];
    const frozen = { ...line, isChecked: false };
    const running = { ...row, isChecked: false, rise: 0, fall: 0 };
    expect(plan([frozen], [row])).toEqual(off);
    expect(plan([frozen], [running])).toEqual([]);
    expect(plan([frozen], [{ ...running, health: "down" }])).toEqual(off);
    expect(plan([frozen], [{ ...running, isInMaintenance: true }])).toEqual([
      ...off,
      "set server slot_7/i-1 state ready",
    ]);
  });
  it("turns the check of a server on, with the full count of failures", () =>
    expect(plan([line], [{ ...row, isChecked: false, rise: 0, fall: 0 }])).toEqual(addition.slice(1, 3)));
  it("knows the same instance under another kind of check as another server", () =>
    expect(plan([{ ...line, kind: "http" }], [row])).toEqual([
      ...addition.map((command) => command.replace("slot_7/", "slot_7_http/")),
      ...removal,
    ]));
});
