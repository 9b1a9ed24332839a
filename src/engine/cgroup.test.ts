import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cgroup, quotaUs } from "./cgroup.ts";
import { type CgroupFiles, cgroupFiles } from "./cgroup-files.ts";

const ID = "0123456789abcdef".repeat(4);
const v1 = (path: string) =>
  ["9:name=systemd", "4:memory", "6:freezer", "2:cpu,cpuacct", "0:"]
    .map((line) => `${line}:${path}\n`)
    .join("");

describe("the files of a container", () => {
  it.each([`/docker/${ID}`, `/system.slice/docker-${ID}.scope`])("are found for cgroup v1 in %s", (path) => {
    expect(cgroupFiles(v1(path), ID, "/cg")).toMatchObject({
      freezer: { path: `/cg/freezer${path}/freezer.state` },
      quota: { path: `/cg/cpu${path}/cpu.cfs_quota_us` },
      cpuUsage: { path: `/cg/cpuacct${path}/cpuacct.usage` },
      memory: { usagePath: `/cg/memory${path}/memory.usage_in_bytes` },
    });
  });

  it("are found for cgroup v2", () => {
    const path = `/system.slice/docker-${ID}.scope`;
    expect(cgroupFiles(`0::${path}\n`, ID, "/cg")).toMatchObject({
      freezer: { path: `/cg${path}/cgroup.freeze`, statePath: `/cg${path}/cgroup.events` },
      quota: { path: `/cg${path}/cpu.max` },
      cpuUsage: { path: `/cg${path}/cpu.stat` },
      memory: { usagePath: `/cg${path}/memory.current` },
    });
  });

  it("are the container's where its first process is in a cgroup below", () => {
    expect(cgroupFiles(`0::/docker/${ID}/init.scope\n`, ID, "/cg")?.quota.path).toBe(
      `/cg/docker/${ID}/cpu.max`,
    );
  });

  it.each([
    ["of another container", v1(`/docker/${"f".repeat(64)}`)],
    ["of a process of the system", v1("/")],
    ["of another container with v2", `0::/docker/${"f".repeat(64)}\n`],
    ["without the controllers", `5:memory:/docker/${ID}\n0::/docker/${ID}\n`],
    ["of nothing", ""],
  ])("are not those %s", (_title, procCgroup) => {
    expect(cgroupFiles(procCgroup, ID, "/cg")).toBeNull();
  });
});

describe("the quota", () => {
  it.each([
    [250, 25_000, 10_000],
    [1_000, 100_000, 10_000],
    [4_000, 400_000, 20_000],
    [50, 5_000, 5_000],
  ])("of %d thousandths of a core is %d, throttled %d", (cpuMillis, fullUs, throttledUs) => {
    expect(quotaUs("run", cpuMillis)).toBe(fullUs);
    expect(quotaUs("freeze", cpuMillis)).toBe(fullUs);
    expect(quotaUs("throttle", cpuMillis)).toBe(throttledUs);
  });
});

describe.each([
  {
    version: "v1",
    procCgroup: v1(`/docker/${ID}`),
    state: { freeze: "FROZEN", thaw: "THAWED" },
    quota: { full: "100000", throttled: "10000" },
    halted: "FROZEN\n",
    onTheWay: "FREEZING\n",
    used: { cpu: "1500000000\n", stat: "inactive_file 1\ntotal_inactive_file 10485760\n" },
  },
  {
    version: "v2",
    procCgroup: `0::/docker/${ID}\n`,
    state: { freeze: "1", thaw: "0" },
    quota: { full: "100000 100000", throttled: "10000 100000" },
    halted: "populated 1\nfrozen 1\n",
    onTheWay: "populated 1\nfrozen 0\n",
    used: {
      cpu: "usage_usec 1500000\nuser_usec 1400000\n",
      stat: "file 20971520\ninactive_file 10485760\n",
    },
  },
])("a cgroup $version", ({ procCgroup, state, quota, halted, onTheWay, used }) => {
  let root: string;
  let files: CgroupFiles;
  let cgroup: Cgroup;
  const text = async (path: string) => await readFile(path, "utf8");
  const always = () => true;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "slipway-cgroup-"));
    files = cgroupFiles(procCgroup, ID, root)!;
    for (const path of [files.freezer.path, files.quota.path, files.cpuUsage.path, files.memory.usagePath]) {
      await mkdir(join(path, ".."), { recursive: true });
    }
    cgroup = new Cgroup(files, 1_000);
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  it("is frozen with its full quota, throttled, and set free", async () => {
    cgroup.setActivity("freeze");
    expect([await text(files.freezer.path), await text(files.quota.path)]).toEqual([
      state.freeze,
      quota.full,
    ]);
    cgroup.setActivity("throttle");
    expect([await text(files.freezer.path), await text(files.quota.path)]).toEqual([
      state.thaw,
      quota.throttled,
    ]);
    cgroup.setActivity("run");
    expect([await text(files.freezer.path), await text(files.quota.path)]).toEqual([state.thaw, quota.full]);
  });

  it("is waited for until its processes have come to a halt", async () => {
    await writeFile(files.freezer.statePath, onTheWay);
    let asked = 0;
    const haltsAtThird = () => {
      asked += 1;
      if (asked === 3) writeFileSync(files.freezer.statePath, halted);
      return true;
    };
    expect(await cgroup.hasFrozen(5_000, haltsAtThird)).toBe(true);
    expect(asked).toBe(3);
  });

  it("is given up when they do not, and left alone when somebody wants them to run", async () => {
    await writeFile(files.freezer.statePath, onTheWay);
    expect(await cgroup.hasFrozen(5, always)).toBe(false);
    let asked = 0;
    expect(await cgroup.hasFrozen(60_000, () => (asked += 1) < 3)).toBe(true);
  });

  it("tells processor time, and memory without what can be taken back", async () => {
    await writeFile(files.cpuUsage.path, used.cpu);
    await writeFile(files.memory.usagePath, String(50 * 1_024 * 1_024));
    await writeFile(files.memory.statPath, used.stat);
    expect(cgroup.usage()).toEqual({ cpuMs: 1_500, memoryMiB: 40 });
  });
});
