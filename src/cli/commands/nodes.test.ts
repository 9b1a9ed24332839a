import { expect, test } from "vitest";
import { slipway, startFakeApi } from "../testing/fake-api.ts";

const GIB = 1024 ** 3;
const NODE = {
  Machine: {
    Name: "box",
    System: "Linux 6.1, x64",
    StartedAt: 1,
    Cpus: 4,
    Load: 1.5,
    MemoryBytes: 16 * GIB,
    MemoryAvailableBytes: 10 * GIB,
    MemoryReserveBytes: GIB,
  },
  Roles: ["control plane", "engine", "edge"],
  Engine: {
    Name: "box",
    Version: "29.1.0",
    ApiVersion: "1.52",
    System: "Debian GNU/Linux 13",
    Kernel: "6.1",
    Architecture: "amd64",
    Labels: ["zone=cellar"],
  },
  IsReady: true,
  SeenAt: 2,
  PromisedCpus: 6.25,
  PromisedMemoryBytes: 20 * GIB,
  InstanceCount: 7,
  Instances: [],
};

test("nodes are listed a line each, and one tells all", async () => {
  await using api = await startFakeApi({ ListNodes: () => ({ Nodes: [NODE] }) });
  const { out: list } = await slipway(api, ["nodes"]);
  expect(list).toMatch(/box +Docker 29\.1\.0 +load 1\.5 on 4 +6\.0 of 16\.0 GiB used +unknown +7 /);
  const { out: one } = await slipway(api, ["nodes", "box"]);
  expect(one).toMatch(/^Engine +Docker 29\.1\.0, API 1\.52$/m);
  expect(one).toMatch(/^Processors +load 1\.5 on 4 processors; 6\.25 promised$/m);
  expect(one).toMatch(/^Labels +zone=cellar$/m);
  expect(JSON.parse((await slipway(api, ["nodes", "--json"])).out)).toEqual([NODE]);
  expect(await slipway(api, ["nodes", "bax"])).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('There is no node "bax".') as string,
  });
});
