import { describe, expect, it } from "vitest";
import { splitReplies } from "./runtime-socket.ts";
import { parseMapAnswer, parseMapEntries, parseProcesses, parseStatistics } from "./statistics.ts";

const HEADER = "# pxname,svname,qcur,scur,slim,status,check_status,check_rise,check_fall,addr,uweight";

describe("show stat", () => {
  it("reads servers and what waits in a slot", () => {
    const csv = [
      HEADER,
      "slot_7_http,i-1,0,3,80,UP,L7OK,1,5,172.18.0.2:8080,1",
      "slot_7_http,i-2,0,0,80,DOWN,* L7STS,1,5,[fd00::7]:8080,0",
      "slot_7_http,BACKEND,4,3,800,UP,,,,,1",
      "web,FRONTEND,,9,1000,OPEN,,,,,",
    ].join("\n");
    expect(parseStatistics(`${csv}\n\n${csv.replaceAll("slot_7_http", "handover")}`)).toEqual({
      slots: [{ slot: 7, kind: "http", queued: 4 }],
      servers: [
        {
          slot: 7,
          kind: "http",
          instanceId: "i-1",
          address: "172.18.0.2",
          port: 8080,
          maxConcurrency: 80,
          isDraining: false,
          isChecked: true,
          isInMaintenance: false,
          health: "up",
          inFlight: 3,
          rise: 1,
          fall: 5,
        },
        expect.objectContaining({ instanceId: "i-2", address: "fd00::7", isDraining: true, health: "down" }),
      ],
    });
  });

  it.each([
    ["UP", "INI", "unknown"],
    ["UP", "* INI", "unknown"],
    ["UP", "* L4OK", "up"],
    ["UP 1/2", "L4TOUT", "up"],
    ["DRAIN", "L4OK", "up"],
    ["DOWN 1/2", "L7OK", "down"],
    ["no check", "", "up"],
    ["DRAIN", "", "up"],
    ["MAINT", "", "unknown"],
  ])("%s after %s is %s", (status, check, health) => {
    const csv = `${HEADER}\nslot_0,i,0,0,1,${status},${check},1,5,10.0.0.1:1,1\n`;
    expect(parseStatistics(csv).servers[0]?.health).toBe(health);
  });
});

describe("show proc", () => {
  const text = [
    "#<PID>          <type>          <reloads>       <uptime>        <version>      ",
    "61              master          2 [failed: 1]   0d00h00m10s     2.6.12-1+deb12u4",
    "# workers",
    "80              worker          0               0d00h00m01s     2.6.12-1+deb12u4",
    "# old workers",
    "63              worker          2               0d00h00m10s     2.6.12-1+deb12u4",
    "70              worker          1               0d00h00m05s     2.6.12-1+deb12u4",
    "# programs",
    "",
  ].join("\n");

  it("tells the worker from those it replaced", () => {
    expect(parseProcesses(text)).toEqual({
      reloads: 2,
      failedReloads: 1,
      worker: 80,
      oldWorkers: [63, 70],
      version: "2.6.12-1+deb12u4",
    });
  });

  it("reads an answer without workers", () => {
    expect(parseProcesses("")).toEqual({
      reloads: 0,
      failedReloads: 0,
      worker: null,
      oldWorkers: [],
      version: "",
    });
  });
});

it("reads a map, the first of two equal keys as HAProxy does", () => {
  expect([
    ...parseMapEntries("0x1 a.test slot_1/2\n0x2 a.test slot_3/4\n0x3 b.test refuse_paused\n\n"),
  ]).toEqual([
    ["a.test", "slot_1/2"],
    ["b.test", "refuse_paused"],
  ]);
});

it("tells the replies of joined commands apart, silent ones too", () => {
  expect(splitReplies("New server registered.\n\n\n\nServer deleted.\n\n")).toEqual([
    "New server registered.",
    "",
    "",
    "Server deleted.",
  ]);
});

describe("get map", () => {
  const found = (key: string) =>
    `type=str, case=sensitive, found=yes, idx=tree, key="${key}", value="slot_0/25", type="str"\n\n`;

  it("says the value of a key, that it is not there, or nothing that can be understood", () => {
    expect(parseMapAnswer(found("a.test"), "a.test")).toEqual({ value: "slot_0/25" });
    expect(parseMapAnswer(found("b.test"), "a.test")).toBeNull();
    expect(parseMapAnswer("type=str, case=sensitive, found=no\n\n", "a.test")).toBeNull();
    expect(parseMapAnswer("Unknown map identifier. Please use #<id> or <file>.\n", "a.test")).toBe("unknown");
  });
});
