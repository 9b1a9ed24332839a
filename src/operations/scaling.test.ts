/** What the heart makes of the autoscaler's wishes: sizes, gates, rest and zero. */
import { describe, expect, it } from "vitest";
import type { Instance } from "../domain/instance.ts";
import type { Service } from "../domain/service.ts";
import { activityOf } from "./observed.ts";
import { MemoryStore } from "./testing/memory-store.ts";
import { WishfulScaling } from "./testing/wishful-scaling.ts";
import { World, aConfiguration } from "./testing/world.ts";

interface Scene {
  readonly world: World;
  readonly service: Service;
  readonly wish: (change: Partial<Pick<WishfulScaling, "count" | "activity">>) => Promise<void>;
  readonly ready: () => Promise<readonly Instance[]>;
}

async function running({ mayBeZero = false, maxSize = 4, coreCount = 1 } = {}): Promise<Scene> {
  const store = new MemoryStore();
  store.scale = { minSize: 1, maxSize, maxConcurrency: 10 };
  const world = new World(store);
  world.coreCount = coreCount;
  const scaling = new WishfulScaling({ mayBeZero });
  world.scaling = scaling;
  await world.boot();
  const { service } = await world.commands.create({
    name: "web1",
    configuration: aConfiguration(),
    tags: [],
  });
  await world.advance(1000);
  return {
    world,
    service,
    wish: async (change) => {
      Object.assign(scaling, change);
      world.operations.wake(service.id);
      await world.advance(1000);
    },
    ready: async () => (await world.instances(service.id)).filter((row) => row.state === "ready"),
  };
}

const nobody: readonly string[] = [];

function served({ world, service }: Scene): readonly string[] {
  const answer = world.edge.answer(service.host);
  return answer.kind === "instances" ? answer.instanceIds : nobody;
}

async function routeOf({ world, service }: Scene): Promise<unknown> {
  const { routes } = (await world.edge.observe(new AbortController().signal)) as {
    routes: ReadonlyMap<string, unknown>;
  };
  return routes.get(service.host);
}

async function isChecked({ world, service }: Scene, instanceId: string): Promise<boolean | undefined> {
  const { blue, green } = (await world.service(service.id)).slots!;
  const slots = await world.edge.observeSlots([blue, green], new AbortController().signal);
  const servers = slots === "unknown" ? [] : [...slots.values()].flatMap((slot) => slot.servers);
  return servers.find((server) => server.instanceId === instanceId)?.isChecked;
}

describe("a wished size", () => {
  it("is reached at once, each instance with the reason, and shrinks the queue", async () => {
    const scene = await running();
    await scene.wish({ count: 3 });
    expect(served(scene)).toHaveLength(3);
    expect((await scene.ready()).map((row) => row.startReason)).toEqual([
      "deployment",
      "3 are wished",
      "3 are wished",
    ]);
    expect(scene.world.edge.acts.filter((act) => act.startsWith("route")).length).toBeGreaterThan(1);
    expect(await routeOf(scene)).toMatchObject({ queueLimit: 20, gate: "open" });
  });

  it.each([
    { coreCount: 1, together: 2 },
    { coreCount: 4, together: 4 },
    { coreCount: 64, together: 8 },
  ])("is started $together at a time on $coreCount cores", async ({ coreCount, together }) => {
    const scene = await running({ coreCount, maxSize: 12 });
    const release = scene.world.containers.holdStarts();
    await scene.wish({ count: 12 });
    const steps = (await scene.world.store.journal.listStarted()).map(({ step }) => step);
    expect(steps).toEqual(Array.from({ length: together }, () => "startInstance"));
    release();
    await scene.world.advance(5000);
    expect(served(scene)).toHaveLength(12);
  });

  it("leaves the queue as it is until the instances are there", async () => {
    const scene = await running();
    scene.world.containers.setMemory({ totalMiB: 8192, availableMiB: 450 });
    await scene.wish({ count: 4 });
    expect(await scene.ready()).toHaveLength(1);
    expect(await routeOf(scene)).toMatchObject({ queueLimit: 40 });
  });

  it("falls by the least busy, after its requests", async () => {
    const scene = await running();
    await scene.wish({ count: 3 });
    const [first, second, third] = await scene.ready();
    scene.world.edge.setInFlight(first!.id, 2);
    scene.world.edge.setInFlight(second!.id, 1);
    scene.world.edge.setInFlight(third!.id, 3);
    await scene.wish({ count: 2 });
    expect((await scene.ready()).map((row) => row.id)).toEqual([first!.id, third!.id]);
    expect((await scene.world.instances(scene.service.id)).map((row) => row.state)).toContain("draining");
    scene.world.edge.setInFlight(second!.id, 0);
    await scene.world.advance(5000);
    const { rows } = await scene.world.store.instances.list(scene.service.id, { after: null, limit: 10 });
    expect(rows.find((row) => row.id === second!.id)).toMatchObject({
      state: "stopped",
      endReason: "2 are wished",
    });
  });

  it("is kept by a deployment: the new set is as large as the one that serves", async () => {
    const scene = await running();
    await scene.wish({ count: 3 });
    await scene.world.commands.startDeployment(scene.service.id);
    await scene.world.advance(1000);
    expect(served(scene)).toHaveLength(3);
    expect((await scene.ready()).every((row) => row.releaseNumber === 2)).toBe(true);
  });

  it("that grows during a deployment does not hold it up: the new set stays as it was begun", async () => {
    const scene = await running();
    const { edge } = scene.world;
    edge.probeWith = ({ address }) => {
      const isOld = address === served1;
      return isOld ? { isHealthy: true } : { isHealthy: false, problem: "refused" };
    };
    const served1 = (await scene.ready())[0]!.address;
    const { operationId } = await scene.world.commands.startDeployment(scene.service.id);
    await scene.world.advance(100_000);
    await scene.wish({ count: 3 });
    const second = (await scene.world.instances(scene.service.id)).filter((row) => row.releaseNumber === 2);
    expect(second).toHaveLength(1);
    edge.probeWith = () => ({ isHealthy: true });
    await scene.world.advance(2000);
    const operation = await scene.world.operation(scene.service.id, operationId);
    expect(operation).toMatchObject({ status: "SUCCEEDED" });
    await scene.world.advance(2000);
    expect(served(scene)).toHaveLength(3);
  });

  it("waits for others that are starting: what they were promised may be more than they take", async () => {
    const scene = await running();
    scene.world.containers.setMemory({ totalMiB: 8192, availableMiB: 450 });
    await scene.wish({ count: 2 });
    expect(await scene.ready()).toHaveLength(1);
    await scene.world.advance(31_000);
    expect(await scene.ready()).toHaveLength(2);
    expect(scene.world.events(scene.service.id).join("\n")).not.toContain("No memory");
  });

  it("does not wait for memory any longer than it is wished", async () => {
    const scene = await running();
    scene.world.containers.setMemory({ totalMiB: 8192, availableMiB: 450 });
    await scene.wish({ count: 2 });
    await scene.world.commands.pause(scene.service.id);
    await scene.world.advance(3000);
    expect(await scene.world.service(scene.service.id)).toMatchObject({ status: "PAUSED" });
    expect(await scene.world.instances(scene.service.id)).toEqual([]);
  });

  it("waits for memory, and says so", async () => {
    const scene = await running();
    scene.world.containers.setMemory({ totalMiB: 8192, availableMiB: 300 });
    await scene.wish({ count: 2 });
    expect(await scene.ready()).toHaveLength(1);
    expect(scene.world.events(scene.service.id).join("\n")).toContain("No memory for one more instance");
    scene.world.containers.setMemory({ totalMiB: 8192, availableMiB: 4000 });
    await scene.world.advance(10_000);
    expect(await scene.ready()).toHaveLength(2);
  });

  it("says so once, though the figures are others at each try", async () => {
    const scene = await running();
    const { containers } = scene.world;
    // Its own start is no news any more.
    await scene.world.advance(60_000);
    containers.setMemory({ totalMiB: 8192, availableMiB: 300 });
    await scene.wish({ count: 2 });
    for (let availableMiB = 290; availableMiB > 270; availableMiB -= 1) {
      containers.setMemory({ totalMiB: 8192, availableMiB });
      await scene.world.advance(10_000);
    }
    const told = scene.world.events(scene.service.id).filter((line) => line.includes("No memory"));
    expect(told).toHaveLength(1);
  });
});

describe("rest", () => {
  it("comes only when the gate is watched and the requests have ended", async () => {
    const scene = await running();
    const [row] = await scene.ready();
    scene.world.edge.setInFlight(row!.id, 1);
    await scene.wish({ activity: "freeze" });
    expect((await scene.ready()).map(activityOf)).toEqual(["run"]);
    scene.world.edge.setInFlight(row!.id, 0);
    await scene.world.advance(2000);
    expect(await scene.world.instances(scene.service.id)).toMatchObject([
      { state: "idle", activity: "freeze" },
    ]);
    expect(scene.world.edge.acts.at(-1)).toBe(
      `check off ${(await scene.world.service(scene.service.id)).slots!.blue} ${row!.id}`,
    );
    expect(scene.world.containers.activityOf(row!.id)).toBe("freeze");
    expect(scene.world.watchman.violations).toEqual([]);
  });

  it("of frozen instances has no health checks, and ends with the next wish", async () => {
    const scene = await running();
    await scene.wish({ activity: "freeze" });
    let probeCount = 0;
    scene.world.edge.probeWith = () => {
      probeCount += 1;
      return { isHealthy: false, problem: "timeout" };
    };
    await scene.world.advance(60_000);
    expect(probeCount).toBe(0);
    expect(served(scene)).toHaveLength(1);
    scene.world.edge.probeWith = () => ({ isHealthy: true });
    await scene.wish({ activity: "run" });
    expect((await scene.ready()).map(activityOf)).toEqual(["run"]);
    expect(scene.world.edge.acts.some((act) => act.startsWith("check on"))).toBe(true);
  });

  it("is on record before it begins: a crash in between leaves nobody frozen whom we take for awake", async () => {
    const scene = await running();
    const [row] = await scene.ready();
    const { containers } = scene.world;
    const freeze = containers.setActivity.bind(containers);
    containers.setActivity = async (...args) => {
      await freeze(...args);
      scene.world.kill();
    };
    await scene.wish({ activity: "freeze" });
    expect(containers.activityOf(row!.id)).toBe("freeze");
    containers.setActivity = freeze;
    await scene.wish({ activity: "run" });
    await scene.world.boot();
    await scene.world.advance(1000);
    expect(containers.activityOf(row!.id)).toBe("run");
    expect((await scene.ready()).map(activityOf)).toEqual(["run"]);
  });

  it("that gets lighter is on record when it is so: a crash in between leaves nobody frozen and unchecked", async () => {
    const scene = await running();
    const [row] = await scene.ready();
    await scene.wish({ activity: "freeze" });
    const { containers } = scene.world;
    const setActivity = containers.setActivity.bind(containers);
    containers.setActivity = async () => scene.world.kill();
    await scene.wish({ activity: "throttle" });
    containers.setActivity = setActivity;
    await scene.world.boot();
    await scene.world.advance(1000);
    expect(containers.activityOf(row!.id)).toBe("throttle");
    expect(await isChecked(scene, row!.id)).toBe(true);
  });

  it("of a frozen instance goes on when the edge has lost it", async () => {
    const scene = await running();
    await scene.wish({ activity: "freeze" });
    const [row] = await scene.world.instances(scene.service.id);
    const { blue } = (await scene.world.service(scene.service.id)).slots!;
    await scene.world.edge.removeServer(blue, row!.id, new AbortController().signal);
    await scene.world.advance(60_000);
    expect(served(scene)).toEqual([row!.id]);
    expect(await isChecked(scene, row!.id)).toBe(false);
  });

  it("is over for an instance that leaves", async () => {
    const scene = await running();
    await scene.wish({ activity: "freeze" });
    const [row] = await scene.world.instances(scene.service.id);
    await scene.world.commands.pause(scene.service.id);
    await scene.world.settle();
    expect(scene.world.containers.calls).toContain(`setActivity ${row!.id} run`);
    await scene.world.advance(1000);
    expect(await scene.world.service(scene.service.id)).toMatchObject({ status: "PAUSED" });
  });
});

describe("zero", () => {
  it("closes the gate before the last instance leaves, and opens it when there is one again", async () => {
    const scene = await running({ mayBeZero: true });
    await scene.wish({ count: 0 });
    expect(await scene.world.instances(scene.service.id)).toEqual([]);
    expect(scene.world.edge.answer(scene.service.host)).toEqual({ kind: "held" });
    await scene.wish({ count: 1 });
    expect(served(scene)).toHaveLength(1);
    expect(scene.world.watchman.violations).toEqual([]);
  });

  it("survives a restart of ours: nobody is started", async () => {
    const scene = await running({ mayBeZero: true });
    await scene.wish({ count: 0 });
    await scene.world.reboot();
    await scene.world.advance(5000);
    expect(await scene.world.instances(scene.service.id)).toEqual([]);
    expect(scene.world.edge.answer(scene.service.host)).toEqual({ kind: "held" });
  });

  it("refuses with a reason while starts fail again and again, and holds again with each new try", async () => {
    const scene = await running({ mayBeZero: true });
    await scene.wish({ count: 0 });
    scene.world.containers.setMemory({ totalMiB: 8192, availableMiB: 10 });
    await scene.wish({ count: 1 });
    await scene.world.advance(3000);
    expect(scene.world.edge.answer(scene.service.host)).toEqual({ kind: "refused", reason: "failed" });
    scene.world.containers.setMemory({ totalMiB: 8192, availableMiB: 4000 });
    await scene.world.advance(70_000);
    expect(served(scene)).toHaveLength(1);
  });

  it("stays for the release that is replaced: nobody starts it for a deployment", async () => {
    const store = new MemoryStore();
    const world = new World(store);
    const seen: number[] = [];
    world.scaling = {
      track: (_id, { activeSinceMs, policy }) => {
        seen.push(activeSinceMs);
        return { count: policy.minSize, activity: "run", gate: "open", reason: "test" };
      },
      forget: () => undefined,
    };
    await world.boot();
    const { service } = await world.commands.create({
      name: "web1",
      configuration: aConfiguration(),
      tags: [],
    });
    await world.advance(600_000);
    const createdAtMs = seen.at(-1)!;
    world.edge.probeWith = () => ({ isHealthy: false, problem: "refused" });
    await world.commands.startDeployment(service.id);
    await world.advance(3000);
    expect(seen.at(-1)).toBeLessThanOrEqual(createdAtMs);
    world.edge.probeWith = () => ({ isHealthy: true });
    await world.advance(3000);
    expect(seen.at(-1)).toBeGreaterThan(createdAtMs);
  });

  it("is no crash loop when instances that never live long fail once an hour", async () => {
    const scene = await running({ mayBeZero: true });
    for (let hour = 0; hour < 5; hour++) {
      await scene.wish({ count: 1 });
      const [row] = await scene.ready();
      scene.world.containers.exitInstance(row!.id, { exitCode: 1 });
      await scene.world.advance(1000);
      expect(await scene.ready()).toHaveLength(1);
      await scene.wish({ count: 0 });
      await scene.world.advance(3_600_000);
    }
  });

  it("is left for a deployment, which needs an instance to see whether it works", async () => {
    const scene = await running({ mayBeZero: true });
    await scene.wish({ count: 0 });
    const { operationId } = await scene.world.commands.startDeployment(scene.service.id);
    await scene.world.advance(1000);
    expect(await scene.world.operation(scene.service.id, operationId)).toMatchObject({ status: "SUCCEEDED" });
  });
});
