import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BuildCgroup, type CgroupOfEngine } from "./build-cgroup.ts";

const limits = { memoryBytes: 1_000_000, cpuCount: 1.5, pids: 100 };
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "slipway-cgroup-"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

const engine = (more: Partial<CgroupOfEngine>): CgroupOfEngine => ({
  version: "2",
  driver: "cgroupfs",
  parent: "docker",
  root,
  ...more,
});

async function content(path: string): Promise<string> {
  return await readFile(join(root, path), "utf8");
}

test("v2: the common parent is made, controllers are handed down to it, limits are set", async () => {
  await mkdir(join(root, "docker/buildkit"), { recursive: true });
  await writeFile(join(root, "docker/buildkit/memory.swap.max"), "max");
  await new BuildCgroup(engine({}), limits).prepare();
  expect(await content("cgroup.subtree_control")).toBe("+memory +cpu +pids");
  expect(await content("docker/cgroup.subtree_control")).toBe("+memory +cpu +pids");
  expect(await content("docker/buildkit/memory.max")).toBe("1000000");
  expect(await content("docker/buildkit/memory.swap.max")).toBe("0");
  expect(await content("docker/buildkit/cpu.max")).toBe("150000 100000");
  expect(await content("docker/buildkit/pids.max")).toBe("100");
});

test("v2: killed processes are counted by the kernel", async () => {
  const cgroup = new BuildCgroup(engine({}), limits);
  await cgroup.prepare();
  const events = join(root, "docker/buildkit/memory.events");
  await writeFile(events, "low 0\noom 1\noom_kill 1\noom_group_kill 0\n");
  const mark = await cgroup.mark();
  expect(await cgroup.hasKilledSince(mark)).toBe(false);
  await writeFile(events, "low 0\noom 2\noom_kill 2\noom_group_kill 0\n");
  expect(await cgroup.hasKilledSince(mark)).toBe(true);
});

test("v1: each controller has its own tree; without a quota only the weight is less", async () => {
  await new BuildCgroup(engine({ version: "1", parent: "/other" }), { ...limits, cpuCount: null }).prepare();
  expect(await content("memory/other/buildkit/memory.limit_in_bytes")).toBe("1000000");
  expect(await content("cpu/other/buildkit/cpu.cfs_quota_us")).toBe("-1");
  expect(await content("cpu/other/buildkit/cpu.shares")).toBe("512");
  expect(await content("pids/other/buildkit/pids.max")).toBe("100");
});

test("systemd: the cgroup of each command is limited when it comes, others are left alone", async () => {
  const cgroup = new BuildCgroup(engine({ driver: "systemd" }), limits);
  await cgroup.prepare();
  const command = "system.slice:docker:23tg1it51zp3xs4ufwqvdvfge";
  await mkdir(join(root, command));
  await mkdir(join(root, "system.slice/docker-abc.scope"), { recursive: true });
  await cgroup.limitNew();
  expect(await content(`${command}/memory.max`)).toBe("1000000");
  expect(await content(`${command}/pids.max`)).toBe("100");
  await expect(content("system.slice/memory.max")).rejects.toThrow("ENOENT");
  await writeFile(join(root, command, "pids.max"), "seen already");
  await cgroup.limitNew();
  expect(await content(`${command}/pids.max`)).toBe("seen already");
});
