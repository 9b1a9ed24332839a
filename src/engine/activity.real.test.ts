/** Freezing, throttling and sharing of processors, with a real engine and a real kernel. Runs alone: it measures. */
import { randomBytes } from "node:crypto";
import Docker from "dockerode";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../../test/support/images/build.ts";
import { waitFor } from "../../test/support/wait-for.ts";
import type { InstanceSpec } from "../ports/container-engine.ts";
import { DockerEngine } from "./docker-engine.ts";
import { Names } from "./naming.ts";
import { Relay } from "./relay.test-support.ts";

const socketPath = "/var/run/docker.sock";
const signal = () => AbortSignal.timeout(60_000);
const newId = () => randomBytes(16).toString("hex");

/** The shortest that a health check may be given. */
const CHECK_TIMEOUT_MS = 1_000;

const BURN_MS = 4_000;
const BURN = `/burn?threads=4&ms=${BURN_MS}`;

describe("Activity of instances", () => {
  const ownerId = newId();
  const engine = new DockerEngine({ socketPath, ownerId, sandboxPoolSize: 2 });
  const names = new Names(ownerId);
  let images: TestImages;

  const started = async (change: Partial<InstanceSpec> = {}) => {
    const spec: InstanceSpec = {
      instanceId: newId(),
      serviceId: "service",
      releaseNumber: 1,
      imageId: images.appImageId,
      command: null,
      environment: { PORT: "8080" },
      port: 8080,
      cpuMillis: 1_000,
      memoryMiB: 256,
      ...change,
    };
    const { address } = await engine.startInstance(spec, signal());
    await waitFor(async () => await ask(address, "/"), { everyMs: 10, what: "an answer" });
    return { instanceId: spec.instanceId, address };
  };
  const usageOf = async (instanceId: string) => {
    const usage = (await engine.readUsage([instanceId], signal())).get(instanceId);
    if (usage === undefined) throw new Error("there is no usage");
    return usage;
  };
  const stateOf = async (instanceId: string) =>
    (await new Docker({ socketPath }).getContainer(names.instanceContainer(instanceId)).inspect()).State;

  beforeAll(async () => {
    images = await buildTestImages();
    await engine.prepare(signal());
  });
  afterEach(async () => {
    for (const { instanceId } of await engine.listInstances(signal())) {
      await engine.removeInstance(instanceId, signal());
    }
  });
  afterAll(async () => {
    await engine.uninstall(signal());
    await images.remove();
  });

  it("is changed and measured without the engine once the instance is known", async () => {
    const { instanceId, address } = await started();
    const relay = await Relay.start();
    const cutOff = new DockerEngine({ socketPath: relay.path, ownerId });
    await cutOff.setActivity(instanceId, "freeze", signal());
    relay.close();
    await expect(cutOff.listInstances(signal())).rejects.toThrow("does not answer");
    expect((await cutOff.readUsage([instanceId], signal())).size).toBe(1);
    await cutOff.setActivity(instanceId, "run", signal());
    expect(await ask(address, "/")).toContain("from");
  });

  it("leaves the engine's own state at running, through freeze and thaw", async () => {
    const { instanceId } = await started();
    const { Pid } = await stateOf(instanceId);
    for (const activity of ["freeze", "throttle", "run"] as const) {
      await engine.setActivity(instanceId, activity, signal());
      expect(await stateOf(instanceId)).toMatchObject({ Status: "running", Paused: false, Pid });
    }
  });

  it("of many changes at once ends with the last", async () => {
    const { instanceId, address } = await started();
    const forgetful = new DockerEngine({ socketPath, ownerId });
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        (["freeze", "run", "throttle", "freeze", "run"] as const).map(async (activity) => {
          await forgetful.setActivity(instanceId, activity, signal());
        }),
      );
      expect(await ask(address, "/")).toContain("from");
    }
  });

  it("throttle: a health check passes in time, and timers go on", async () => {
    const ticking =
      "let n=0;setInterval(()=>n++,50);require('http').createServer((q,r)=>r.end(n+' from')).listen(8080)";
    const { instanceId, address } = await started({ cpuMillis: 250, command: ["/node", "-e", ticking] });
    await engine.setActivity(instanceId, "throttle", signal());
    const first = Number.parseInt(await ask(address, "/"), 10);
    await waitFor(async () => Number.parseInt(await ask(address, "/"), 10) >= first + 10);
    for (let check = 0; check < 10; check += 1) {
      expect(await ask(address, "/", AbortSignal.timeout(CHECK_TIMEOUT_MS))).toContain("from");
    }
  });

  it("processors go to instances in proportion to their size when all of them are busy", async () => {
    const [large, small] = [await started({ cpuMillis: 2_000 }), await started({ cpuMillis: 1_000 })];
    const both = [large.instanceId, small.instanceId];
    const usedMs = async () => await Promise.all(both.map(async (id) => (await usageOf(id)).cpuMs));
    const before = await usedMs();
    await Promise.all([large, small].map(async ({ address }) => await ask(address, BURN)));
    const [largeMs = 0, smallMs = 0] = (await usedMs()).map((ms, index) => ms - before[index]!);
    // Two to one. With equal weights each would get half of a machine with two cores.
    expect(largeMs / smallMs).toBeGreaterThan(1.5);
  });

  it("a busy instance does not keep its neighbour from answering", async () => {
    const [large, small] = [await started({ cpuMillis: 2_000 }), await started({ cpuMillis: 250 })];
    const burnt = new AbortController();
    const burning = ask(large.address, BURN).finally(() => burnt.abort());
    let answers = 0;
    for (; !burnt.signal.aborted; answers += 1) expect(await ask(small.address, "/")).toContain("from");
    await burning;
    expect(answers).toBeGreaterThan(BURN_MS / 100);
  });
});

async function ask(address: string, path: string, until = signal()): Promise<string> {
  const reply = await fetch(`http://${address}:8080${path}`, { signal: until });
  return await reply.text();
}
