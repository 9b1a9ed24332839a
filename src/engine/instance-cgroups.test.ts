import type Docker from "dockerode";
import { beforeEach, describe, expect, it } from "vitest";
import type { Act, EngineClient } from "./client.ts";
import { engineUnavailable } from "./errors.ts";
import { InstanceCgroups } from "./instance-cgroups.ts";
import { Names } from "./naming.ts";

const signal = new AbortController().signal;
const instanceId = "0123456789abcdef0123456789abcdef";
const names = new Names("0123456789abcdef");
const reports: string[] = [];

/** An engine with one instance; `inspect` says what it tells of it. */
function cgroupsOver(inspect: () => Promise<unknown>): InstanceCgroups {
  const docker = { getContainer: () => ({ inspect }) } as unknown as Docker;
  const call = async (abortSignal: AbortSignal, act: Act<unknown>) => await act(docker, abortSignal);
  const client = { call } as unknown as EngineClient;
  return new InstanceCgroups({
    client,
    names,
    report: (event) => reports.push(event),
    overfull: new Set(),
    now: () => 0,
  });
}

const running = (pid: number) => ({
  Id: "f".repeat(64),
  State: { Running: true, Pid: pid },
  HostConfig: { NanoCpus: 1_000_000_000 },
  Config: {
    Labels: { "slipway.owner": names.ownerId, "slipway.role": "instance", "slipway.instance": instanceId },
  },
});

beforeEach(() => {
  reports.length = 0;
});

describe("an instance whose cgroup is not to be seen", () => {
  it("is left as it is where its process is in another's: ids of processes are given out again", async () => {
    const cgroups = cgroupsOver(() => Promise.resolve(running(process.pid)));
    await cgroups.setActivity(instanceId, "freeze", signal);
    expect(await cgroups.readUsage([instanceId], signal)).toEqual(new Map());
    expect(reports).toEqual(["instance-cgroup-not-found", "instance-cgroup-not-found"]);
  });

  it("has just ended where its process is gone", async () => {
    const beyondTheLast = 2 ** 22 + 1;
    const cgroups = cgroupsOver(() => Promise.resolve(running(beyondTheLast)));
    await cgroups.setActivity(instanceId, "freeze", signal);
    expect(reports).toEqual([]);
  });
});

describe("before a stop", () => {
  const away = () => Promise.reject(engineUnavailable("it was stopped"));

  it("an instance that cannot be awakened is told of, and does not keep the stop from happening", async () => {
    const cgroups = cgroupsOver(away);
    await expect(cgroups.setActivity(instanceId, "run", signal)).rejects.toThrow("it was stopped");
    await cgroups.awaken(instanceId, signal);
    expect(reports).toEqual(["instance-not-awakened"]);
  });

  it("an aborted signal ends it", async () => {
    const reason = new Error("no longer wanted");
    await expect(cgroupsOver(away).awaken(instanceId, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(reports).toEqual([]);
  });
});
