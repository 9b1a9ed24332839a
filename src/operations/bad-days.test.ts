/** What users and machines do wrong, and what the service's owner is told. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { defaultHealthCheck } from "../domain/health-check.ts";
import type { Operation } from "../domain/operation.ts";
import type { ServiceConfiguration } from "../domain/service.ts";
import { ImagePullError, InstanceStartError } from "../ports/container-engine.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { IMAGE, World, aConfiguration } from "./testing/world.ts";

interface Created {
  readonly id: string;
  readonly host: string;
  readonly operationId: string;
}

async function create(
  world: World,
  configuration: ServiceConfiguration = aConfiguration(),
): Promise<Created> {
  await world.boot();
  const { service, operationId } = await world.commands.create({ name: "web1", configuration, tags: [] });
  await world.settle();
  return { id: service.id, host: service.host, operationId };
}

async function failedCreate(
  world: World,
  configuration: ServiceConfiguration,
  afterMs: number,
): Promise<Operation> {
  const { id, host, operationId } = await create(world, configuration);
  await world.advance(afterMs);
  expect(await world.service(id)).toMatchObject({ status: "CREATE_FAILED" });
  expect(world.edge.answer(host)).toEqual({ kind: "refused", reason: "failed" });
  expect(await world.containers.listInstances(new AbortController().signal)).toEqual([]);
  expect(await world.instances(id)).toEqual([]);
  return world.operation(id, operationId);
}

const http = { ...defaultHealthCheck, protocol: "HTTP", path: "/health" } as const;

describe("a create that cannot succeed", () => {
  it("says that the image is missing, at once", async () => {
    const world = new World();
    const operation = await failedCreate(world, aConfiguration({ imageIdentifier: "nosuch:1" }), 100);
    expect(operation).toMatchObject({ status: "FAILED", cause: { phase: "pull", class: "pull" } });
    expect(world.events(operation.serviceId).at(-3)).toContain(
      `Deployment with ID : ${operation.id} failed. Failure reason : Failed to pull your application image.`,
    );
  });

  it("says that the image was built for another processor", async () => {
    const world = new World();
    world.containers.addLocalImage("arm:1", { architecture: "arm64" });
    const operation = await failedCreate(world, aConfiguration({ imageIdentifier: "arm:1" }), 100);
    expect(operation.cause?.message).toContain("built for arm64, but this engine runs amd64");
  });

  it("says which port nothing listens on, and which one the image exposes", async () => {
    const world = new World();
    world.edge.probeWith = () => ({ isHealthy: false, problem: "refused" });
    const operation = await failedCreate(world, aConfiguration({ port: "3000" }), 130_000);
    expect(operation.cause).toMatchObject({ class: "port-not-listening" });
    expect(operation.cause?.message).toContain("Nothing listens on port 3000 after 120 s.");
    expect(operation.cause?.message).toContain("The image itself exposes 8080.");
  });

  it("says the exit code and the last lines, as soon as the process ends", async () => {
    const world = new World();
    world.edge.probeWith = () => ({ isHealthy: false, problem: "refused" });
    const { id, operationId } = await create(world);
    const [instance] = await world.instances(id);
    world.log.print({ serviceId: id, serviceName: "web" }, instance!.id, "starting", "Error: no database");
    world.containers.exitInstance(instance!.id, { exitCode: 3 });
    await world.advance(100);
    const operation = await world.operation(id, operationId);
    expect(operation).toMatchObject({
      status: "FAILED",
      cause: { class: "exit-code", exitCode: 3, logLines: ["starting", "Error: no database"] },
    });
    expect(world.details(id, operationId)).toContain("[AppRunner] Error: no database");
    expect(world.details(id, operationId)).toContain("[AppRunner] Failed to deploy your application image.");
    expect(world.events(id).join("\n")).toContain("Container exit code: 3");
  });

  it("says that the memory was too small", async () => {
    const world = new World();
    world.edge.probeWith = () => ({ isHealthy: false, problem: "refused" });
    const { id, operationId } = await create(world);
    const [instance] = await world.instances(id);
    world.containers.exitInstance(instance!.id, { exitCode: 137, isOutOfMemory: true });
    await world.advance(100);
    expect((await world.operation(id, operationId)).cause).toMatchObject({ class: "out-of-memory" });
  });

  it("says that the start command does not exist", async () => {
    const world = new World();
    world.containers.addLocalImage("strict:1", { executables: ["node"] });
    const configuration = aConfiguration({ imageIdentifier: "strict:1", startCommand: "nodde app.js" });
    const operation = await failedCreate(world, configuration, 100);
    expect(operation.cause).toMatchObject({ phase: "provision", class: "start" });
    expect(operation.cause?.message).toContain('no executable "nodde"');
  });

  it("says so of a running service too, once for the same reason", async () => {
    const world = new World();
    const { id } = await create(world);
    world.edge.probeWith = () => ({ isHealthy: false, problem: "refused" });
    const startProblem = 'The image has no executable "nodde".';
    for (let round = 0; round < 3; round += 1) {
      const [instance] = await world.instances(id);
      world.containers.exitInstance(instance!.id, { exitCode: 127, startProblem });
      await world.advance(10_000);
    }
    const told = world.events(id).filter((line) => line.includes(startProblem));
    expect(told).toEqual([`[AppRunner] An instance could not be started: ${startProblem}`]);
  });

  it("says what the health path answered, after 30 s and not after minutes", async () => {
    const world = new World();
    world.edge.probeWith = () => ({ isHealthy: false, problem: "status", status: 404, bodyHead: "not here" });
    const operation = await failedCreate(world, { ...aConfiguration(), healthCheck: http }, 35_000);
    expect(operation.cause).toMatchObject({
      class: "health-status",
      healthStatus: 404,
      healthBodyHead: "not here",
    });
  });

  it("is left in peace when it answers 500 for less than 30 s and then gets well", async () => {
    const world = new World();
    world.edge.probeWith = () => ({ isHealthy: false, problem: "status", status: 500 });
    const { id } = await create(world, { ...aConfiguration(), healthCheck: http });
    await world.advance(25_000);
    world.edge.probeWith = () => ({ isHealthy: true });
    await world.advance(6000);
    expect(await world.service(id)).toMatchObject({ status: "RUNNING" });
  });

  it("can be rebuilt by an update, and deleted", async () => {
    const world = new World();
    const { serviceId } = await failedCreate(world, aConfiguration({ imageIdentifier: "nosuch:1" }), 100);
    const update = await world.commands.update(serviceId, () => aConfiguration());
    await world.advance(1000);
    expect(await world.operation(serviceId, update.operationId)).toMatchObject({ status: "SUCCEEDED" });
    expect(await world.service(serviceId)).toMatchObject({ status: "RUNNING" });
    await world.commands.delete(serviceId);
    await world.advance(20_000);
    expect(await world.service(serviceId)).toMatchObject({ status: "DELETED" });
  });

  it("fails again, for good, when the rebuild fails too", async () => {
    const world = new World();
    const { serviceId } = await failedCreate(world, aConfiguration({ imageIdentifier: "nosuch:1" }), 100);
    const update = await world.commands.update(serviceId, (present) => present);
    await world.advance(1000);
    expect(await world.operation(serviceId, update.operationId)).toMatchObject({ status: "FAILED" });
    expect(await world.service(serviceId)).toMatchObject({ status: "CREATE_FAILED" });
  });
});

describe("an unhealthy instance", () => {
  it("is replaced, and the service's events say so", async () => {
    const world = new World();
    const { id } = await create(world);
    const [old] = await world.instances(id);
    world.edge.probeWith = ({ address }) =>
      address === old!.address ? { isHealthy: false, problem: "timeout" } : { isHealthy: true };
    await world.advance(60_000);
    expect((await world.instances(id)).map((row) => row.id)).not.toContain(old!.id);
    const told = world.events(id).filter((line) => line.includes(`Instance ${old!.id} is being replaced`));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain("fails its health check");
  });
});

describe("a service whose image was removed from the engine by hand", () => {
  const pulled = aConfiguration({ imageIdentifier: "registry.test/web:1" });

  async function createPulled(world: World): Promise<Created & { readonly imageId: string }> {
    const { imageId } = world.containers.addRegistryImage("registry.test/web:1");
    return { ...(await create(world, pulled)), imageId };
  }

  async function pausedWithoutImage(world: World): Promise<string> {
    const { id, imageId } = await createPulled(world);
    await world.commands.pause(id);
    await world.advance(5000);
    world.containers.loseImage(imageId);
    return id;
  }

  it("has it back by its digest when an instance is replaced, though the tag has moved on", async () => {
    const world = new World();
    const { id, imageId } = await createPulled(world);
    const moved = `sha256:${"9".repeat(64)}`;
    world.containers.addRegistryImage("registry.test/web:1", { imageId: moved, digest: moved });
    world.containers.loseImage(imageId);
    world.containers.exitInstance((await world.instances(id))[0]!.id, { exitCode: 137 });
    await world.advance(1000);
    const [instance] = await world.instances(id);
    expect(instance).toMatchObject({ state: "ready" });
    expect(world.containers.specOf(instance!.id).imageId).toBe(imageId);
    expect(world.containers.calls).toContain(`protectImage ${id}-1`);
    expect(world.events(id).at(-1)).toContain("The image of release 1 is gone from the engine");
  });

  it("resumes", async () => {
    const world = new World();
    const id = await pausedWithoutImage(world);
    const { operationId } = await world.commands.resume(id);
    await world.advance(1000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "SUCCEEDED" });
    const calls = world.containers.calls.map((call) => call.split(" ", 1)[0]);
    expect(calls.lastIndexOf("protectImage")).toBeGreaterThan(calls.lastIndexOf("pullImage"));
  });

  it("may take longer for its pull than for the start of a container", async () => {
    const world = new World();
    const id = await pausedWithoutImage(world);
    const pullImage = world.containers.pullImage.bind(world.containers);
    vi.spyOn(world.containers, "pullImage").mockImplementationOnce(async (request, signal) => {
      await world.clock.sleep(10 * 60_000, signal);
      return pullImage(request, signal);
    });
    const { operationId } = await world.commands.resume(id);
    await world.advance(9 * 60_000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "IN_PROGRESS", phase: "pull" });
    await world.advance(61_000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "SUCCEEDED" });
  });

  it("is deleted without waiting for its pull", async () => {
    const world = new World();
    const { id, imageId } = await createPulled(world);
    world.containers.loseImage(imageId);
    vi.spyOn(world.containers, "pullImage").mockImplementationOnce((_request, signal) =>
      world.clock.sleep(10 * 60_000, signal).then(() => Promise.reject(new Error("nobody waits so long"))),
    );
    world.containers.exitInstance((await world.instances(id))[0]!.id, { exitCode: 137 });
    await world.advance(1000);
    await world.commands.delete(id);
    await world.advance(5000);
    expect(await world.service(id)).toMatchObject({ status: "DELETED" });
    expect(world.errors).toEqual([]);
  });

  it("says what the registry answered, and what to do, when it cannot resume", async () => {
    const world = new World();
    const id = await pausedWithoutImage(world);
    world.containers.failNextPull(new ImagePullError("unauthorized", "no"));
    const { operationId } = await world.commands.resume(id);
    await world.advance(1000);
    const { status, cause } = await world.operation(id, operationId);
    expect({ status, ...cause }).toMatchObject({ status: "FAILED", phase: "pull", class: "pull" });
    expect(cause?.message).toMatch(
      /^Its image is gone from the engine\. Image registry\.test\/web@sha256:[0-9a-f]{64} cannot be had: The registry refused the credentials\..* Or deploy a new one/,
    );
    expect(await world.service(id)).toMatchObject({ status: "PAUSED" });
  });

  it("says that only this engine had it", async () => {
    const world = new World();
    const { id } = await create(world);
    await world.commands.pause(id);
    await world.advance(5000);
    world.containers.loseImage((await world.store.releases.get(id, 1))!.imageId);
    const { operationId } = await world.commands.resume(id);
    await world.advance(1000);
    expect((await world.operation(id, operationId)).cause?.message).toBe(
      "Its image is gone from the engine: web:1 came from no registry. Load the very same image again, or deploy a new one (of a paused service: delete and create it).",
    );
  });

  it("is updated with the very image it had", async () => {
    const world = new World();
    const { id, imageId } = await createPulled(world);
    world.containers.loseImage(imageId);
    const { operationId } = await world.commands.update(id, () => ({
      ...pulled,
      source: { ...pulled.source, environment: { A: "1" } },
    }));
    await world.advance(1000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "SUCCEEDED" });
    expect(await world.store.releases.get(id, 2)).toMatchObject({ imageId });
  });

  it("is updated with what the name stands for now, when the very image is nowhere", async () => {
    const world = new World();
    const { id } = await create(world);
    world.containers.loseImage((await world.store.releases.get(id, 1))!.imageId);
    const { imageId } = world.containers.addLocalImage("web:1", { imageId: `sha256:${"9".repeat(64)}` });
    const { operationId } = await world.commands.update(id, () =>
      aConfiguration({ environment: { A: "1" } }),
    );
    await world.advance(1000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "SUCCEEDED" });
    expect(await world.store.releases.get(id, 2)).toMatchObject({ imageId });
  });

  it("says so in its events, once, while it runs, and tries again", async () => {
    const world = new World();
    const { id } = await create(world);
    world.containers.loseImage((await world.store.releases.get(id, 1))!.imageId);
    world.containers.exitInstance((await world.instances(id))[0]!.id, { exitCode: 137 });
    await world.advance(10_000);
    world.containers.addLocalImage("web:1");
    await world.advance(60_000);
    const told = world.events(id).filter((line) => line.includes("could not be started: its image is gone"));
    expect(told).toHaveLength(1);
    expect(await world.instances(id)).toMatchObject([{ state: "ready" }]);
  });
});

describe("a large set that cannot be started", () => {
  it("is tried once a minute in the end, as a small one is", async () => {
    const world = new World();
    (world.store as MemoryStore).scale = { minSize: 10, maxSize: 10, maxConcurrency: 1 };
    const { id } = await create(world);
    for (let count = 0; count < 500; count++) {
      world.containers.failNextStart(new InstanceStartError("no-such-image", "The image is gone."));
    }
    for (const { id: instanceId } of await world.instances(id)) {
      world.containers.exitInstance(instanceId, { exitCode: 137 });
    }
    await world.advance(300_000);
    const before = await countInstances(world, id);
    await world.advance(120_000);
    expect((await countInstances(world, id)) - before).toBeLessThanOrEqual(20);
  });
});

async function countInstances(world: World, serviceId: string): Promise<number> {
  return (await world.store.instances.list(serviceId, { after: null, limit: 1000 })).rows.length;
}

describe("a clock that is set back by an hour", () => {
  it("makes no deadline longer: the operation ends", async () => {
    const world = new World();
    world.edge.probeWith = () => ({ isHealthy: false, problem: "refused" });
    const { id, operationId } = await create(world);
    world.clock.setBack(3_600_000);
    await world.reboot();
    await world.advance(130_000);
    expect(await world.operation(id, operationId)).toMatchObject({
      status: "FAILED",
      cause: { class: "port-not-listening" },
    });
  });

  it("makes no drain longer: the instance leaves", async () => {
    const world = new World();
    const { id } = await create(world);
    const [old] = await world.instances(id);
    world.edge.setInFlight(old!.id, 1);
    await world.commands.startDeployment(id);
    await world.advance(1000);
    world.clock.setBack(3_600_000);
    await world.advance(130_000);
    expect((await world.instances(id)).map((row) => row.id)).not.toContain(old!.id);
    expect(world.watchman.violations).toEqual([]);
  });
});

describe("a wish that comes before the recovery", () => {
  it("waits for it: nothing is begun while open journal entries are taken for a crash's", async () => {
    const world = new World();
    const recovery = Promise.withResolvers<void>();
    vi.spyOn(world.store.journal, "listStarted").mockImplementationOnce(async () => {
      await recovery.promise;
      return [];
    });
    const booted = world.boot();
    const { service } = await world.commands.create({
      name: "web1",
      configuration: aConfiguration(),
      tags: [],
    });
    await world.settle();
    expect((await world.store.operations.listOpen(service.id))[0]).toMatchObject({ status: "PENDING" });
    recovery.resolve();
    await booted;
    await world.advance(1000);
    expect(await world.service(service.id)).toMatchObject({ status: "RUNNING" });
  });
});

describe("an update that fails", () => {
  it("is rolled back: the old set was never touched, the configuration is the old one again", async () => {
    const world = new World();
    const { id, host } = await create(world);
    const before = world.edge.answer(host);
    world.containers.addLocalImage("broken:1", { exitCodeAtStart: 3 });
    const update = await world.commands.update(id, () => aConfiguration({ imageIdentifier: "broken:1" }));
    await world.advance(1000);
    expect(await world.operation(id, update.operationId)).toMatchObject({
      status: "ROLLBACK_SUCCEEDED",
      cause: { class: "exit-code", exitCode: 3 },
    });
    expect(await world.service(id)).toMatchObject({
      status: "RUNNING",
      activeReleaseNumber: 1,
      configuration: { source: { imageIdentifier: "web:1" } },
    });
    expect(world.edge.answer(host)).toEqual(before);
    expect(await world.instances(id)).toHaveLength(1);
  });

  it("does not claim that the old set served all the time: it may have been in a crash loop", async () => {
    const world = new World();
    const { id } = await create(world);
    world.containers.addLocalImage("broken:1", { exitCodeAtStart: 3 });
    world.containers.exitInstance((await world.instances(id))[0]!.id, { exitCode: 1 });
    const update = await world.commands.update(id, () => aConfiguration({ imageIdentifier: "broken:1" }));
    await world.advance(1000);
    expect(await world.operation(id, update.operationId)).toMatchObject({ status: "ROLLBACK_SUCCEEDED" });
    expect(world.events(id)).toContain("[AppRunner] Rolling back to the previous version.");
  });

  it("cures an unhealthy service of one instance all the same", async () => {
    const world = new World();
    (world.store as MemoryStore).scale = { minSize: 1, maxSize: 1, maxConcurrency: 1 };
    const { id, host } = await create(world);
    world.edge.probeWith = () => ({ isHealthy: false, problem: "timeout" });
    await world.advance(60_000);
    expect(world.edge.answer(host).kind).toBe("instances");
    const update = await world.commands.update(id, () => aConfiguration({ environment: { FIX: "1" } }));
    await world.settle();
    const fixed = new Set(
      (await world.instances(id)).filter((row) => row.releaseNumber === 2).map((row) => row.address),
    );
    world.edge.probeWith = ({ address }) =>
      fixed.has(address) ? { isHealthy: true } : { isHealthy: false, problem: "timeout" };
    await world.advance(10_000);
    const rows = (await world.instances(id)).filter((row) => row.releaseNumber === 2);
    for (const row of rows) fixed.add(row.address);
    await world.advance(60_000);
    expect(await world.operation(id, update.operationId)).toMatchObject({ status: "SUCCEEDED" });
    expect(world.watchman.violations).toEqual([]);
  });
});

describe("a running service", () => {
  it("gets a new instance at once when its own ends, and slower and slower ones in a crash loop", async () => {
    const world = new World();
    const { id } = await create(world);
    const starts: number[] = [];
    for (let round = 0; round < 5; round++) {
      const [instance] = await world.instances(id);
      world.containers.exitInstance(instance!.id, { exitCode: 1 });
      const endedMs = world.clock.now();
      await world.settle();
      while ((await world.instances(id)).every((row) => row.state !== "ready")) await world.advance(100);
      starts.push(world.clock.now() - endedMs);
    }
    expect(starts).toEqual([0, 1000, 2000, 4000, 8000]);
  });

  it("is not hurt by a lost exit event: the next full comparison finds it", async () => {
    const world = new World();
    const { id, host } = await create(world);
    const [dead] = await world.instances(id);
    world.containers.exitInstance(dead!.id, { isSilent: true });
    await world.advance(61_000);
    const [next] = await world.instances(id);
    expect(next!.id).not.toBe(dead!.id);
    expect(world.edge.answer(host)).toEqual({ kind: "instances", instanceIds: [next!.id] });
  });

  it("has no dead instance left in the edge when the first new one starts after a reboot of the machine", async () => {
    const world = new World();
    const { id, host } = await create(world);
    const [dead] = await world.instances(id);
    world.kill();
    world.containers.exitInstance(dead!.id, { isSilent: true });
    const release = world.containers.holdStarts();
    await world.boot();
    await world.advance(1_000);
    expect(world.containers.calls.at(-1)).toMatch(/^startInstance /);
    expect(world.edge.answer(host)).toEqual({ kind: "refused", reason: "no-instance" });
    release();
    await world.advance(5_000);
    const [next] = await world.instances(id);
    expect(world.edge.answer(host)).toEqual({ kind: "instances", instanceIds: [next!.id] });
    expect(world.watchman.violations).toEqual([]);
  });

  it("counts no end of an instance that was stopped with all of Slipway as a crash, however often", async () => {
    const world = new World();
    const { id } = await create(world);
    for (let round = 0; round < 4; round++) {
      const [rested] = await world.instances(id);
      expect(rested).toMatchObject({ state: "ready" });
      world.kill();
      world.containers.exitInstance(rested!.id, { exitCode: 0, wasStopped: true, isSilent: true });
      await world.boot();
      await world.advance(500);
      const ended = await world.store.instances.get(rested!.id);
      expect(ended?.endReason).toBe("Slipway, the engine or the machine was stopped");
    }
    expect(await world.instances(id)).toMatchObject([{ state: "ready" }]);
    expect(world.events(id).filter((line) => line.includes("does not stay up"))).toEqual([]);
  });

  it("is waited for after a start until its first instance serves", async () => {
    const world = new World();
    const { id } = await create(world);
    const [rested] = await world.instances(id);
    world.kill();
    world.containers.exitInstance(rested!.id, { wasStopped: true, isSilent: true });
    const release = world.containers.holdStarts();
    await world.boot();
    let isBack = false;
    const back = world.operations.untilServing(new AbortController().signal).then(() => (isBack = true));
    await world.advance(1_000);
    expect(isBack).toBe(false);
    release();
    await world.advance(1_000);
    await back;
    expect(await world.instances(id)).toMatchObject([{ state: "ready" }]);
  });

  it("is waited for no longer after a start when its instances end again", async () => {
    const world = new World();
    const { id } = await create(world);
    const [rested] = await world.instances(id);
    world.kill();
    world.containers.exitInstance(rested!.id, { wasStopped: true, isSilent: true });
    world.containers.addLocalImage(IMAGE, { exitCodeAtStart: 3 });
    await world.boot();
    const back = world.operations.untilServing(new AbortController().signal);
    await world.advance(5_000);
    await back;
    expect((await world.instances(id)).some(({ state }) => state === "ready")).toBe(false);
  });

  it("keeps its unhealthy instance until the replacement is ready", async () => {
    const world = new World();
    const { id, host } = await create(world);
    const [sick] = await world.instances(id);
    world.edge.probeWith = ({ address }) =>
      address === sick!.address ? { isHealthy: false, problem: "timeout" } : { isHealthy: true };
    await world.advance(35_000);
    const [next, ...rest] = await world.instances(id);
    expect(rest).toEqual([]);
    expect(next).toMatchObject({ startReason: `replaces unhealthy ${sick!.id}` });
    expect(world.edge.answer(host)).toEqual({ kind: "instances", instanceIds: [next!.id] });
    expect(world.watchman.violations).toEqual([]);
  });

  it("holds while the edge does not answer, and goes on afterwards", async () => {
    const world = new World();
    const { id, host } = await create(world);
    const before = world.edge.answer(host);
    world.edge.problem = "killed";
    const { operationId } = await world.commands.startDeployment(id);
    await world.advance(20_000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "IN_PROGRESS" });
    world.edge.problem = null;
    await world.advance(20_000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "SUCCEEDED" });
    expect(world.edge.answer(host)).not.toEqual(before);
  });

  it("ends a deployment, clearly, when the engine stays away", async () => {
    const world = new World();
    const { id } = await create(world);
    world.containers.setUnavailable("connection refused");
    const { operationId } = await world.commands.update(id, () =>
      aConfiguration({ environment: { A: "1" } }),
    );
    await world.advance(16 * 60_000);
    const operation = await world.operation(id, operationId);
    expect(operation).toMatchObject({ status: "ROLLBACK_SUCCEEDED", cause: { class: "engine" } });
    expect(operation.cause?.message).toContain("connection refused");
    world.containers.setUnavailable(null);
    await world.advance(10_000);
    expect(await world.service(id)).toMatchObject({ status: "RUNNING" });
    expect(await world.instances(id)).toHaveLength(1);
  });

  it("is rid of containers that no record explains", async () => {
    const world = new World();
    const { id } = await create(world);
    const spec = world.containers.specOf((await world.instances(id))[0]!.id);
    const stranger = { ...spec, instanceId: "f".repeat(32) };
    await world.containers.startInstance(stranger, new AbortController().signal);
    await world.reboot();
    const left = await world.containers.listInstances(new AbortController().signal);
    expect(left.map(({ instanceId }) => instanceId)).toEqual([spec.instanceId]);
  });

  it("keeps its instance through a restart of the control plane", async () => {
    const world = new World();
    const { id, host } = await create(world);
    const before = world.edge.answer(host);
    const acts = world.edge.acts.length;
    await world.reboot();
    await world.advance(10_000);
    expect(world.edge.answer(host)).toEqual(before);
    expect(world.edge.acts).toHaveLength(acts);
    expect(await world.instances(id)).toHaveLength(1);
  });
});

describe("a server that the edge does not give up", () => {
  async function leaving(): Promise<{ readonly world: World; readonly id: string; readonly old: string }> {
    const world = new World();
    const { id } = await create(world);
    const [old] = await world.instances(id);
    world.edge.removalProblem = "the server is in use";
    world.edge.setInFlight(old!.id, 1);
    return { world, id, old: old!.id };
  }

  async function isRunning(world: World, id: string): Promise<boolean> {
    const list = await world.containers.listInstances(new AbortController().signal);
    return list.some(({ instanceId, state }) => instanceId === id && state === "running");
  }

  it("holds up the stop of its instance for half a minute after the deadline, not for ever", async () => {
    const { world, id, old } = await leaving();
    await world.commands.startDeployment(id);
    await world.advance(150_000);
    expect(await isRunning(world, old)).toBe(true);
    await world.advance(10_000);
    expect(await isRunning(world, old)).toBe(false);
    expect((await world.instances(id)).map((row) => row.id)).toContain(old);
    world.edge.removalProblem = null;
    await world.advance(15_000);
    expect((await world.instances(id)).map((row) => row.id)).not.toContain(old);
    expect(world.watchman.violations).toEqual([]);
  });

  it("keeps a pause from success until its instance has stopped", async () => {
    const { world, id, old } = await leaving();
    const { operationId } = await world.commands.pause(id);
    await world.advance(150_000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "IN_PROGRESS" });
    await world.advance(100_000);
    expect(await isRunning(world, old)).toBe(false);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "SUCCEEDED" });
  });
});

describe("a pause", () => {
  it("waits for an instance whose draining began late", async () => {
    const world = new World();
    const { id } = await create(world);
    const [old] = await world.instances(id);
    world.edge.setInFlight(old!.id, 1);
    const { operationId } = await world.commands.pause(id);
    await world.settle();
    world.edge.problem = "killed";
    const row = (await world.store.instances.get(old!.id))!;
    await world.store.instances.save({ ...row, drainingSinceMs: world.clock.now() + 120_000 });
    await world.advance(119_000);
    world.edge.problem = null;
    await world.advance(121_000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "IN_PROGRESS" });
    world.edge.setInFlight(old!.id, 0);
    await world.advance(5000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "SUCCEEDED" });
  });

  it("that failed leaves the instance in traffic that was to go, until another is there", async () => {
    const world = new World();
    const { id, host } = await create(world);
    world.onJournal = ({ step, status }) => {
      if (step !== "retireInstance" || status !== "done") return;
      world.edge.problem = "killed";
      world.containers.setUnavailable("away");
    };
    const { operationId } = await world.commands.pause(id);
    await world.advance(10 * 60_000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "FAILED" });
    world.onJournal = undefined;
    world.edge.problem = null;
    await world.advance(5000);
    expect(world.edge.answer(host).kind).toBe("instances");
    world.containers.setUnavailable(null);
    await world.advance(10_000);
    expect(world.edge.answer(host).kind).toBe("instances");
    expect(await world.instances(id)).toHaveLength(1);
    expect(world.watchman.violations).toEqual([]);
  });

  it("fails, and the service goes on, when nobody knows whether its instance still serves", async () => {
    const world = new World();
    const { id, host } = await create(world);
    const [old] = await world.instances(id);
    world.edge.setInFlight(old!.id, 1);
    const { operationId } = await world.commands.pause(id);
    await world.settle();
    world.edge.problem = "killed";
    await world.advance(10 * 60_000);
    expect(await world.operation(id, operationId)).toMatchObject({
      status: "FAILED",
      cause: { phase: "cleanup" },
    });
    world.edge.problem = null;
    await world.advance(10_000);
    expect(await world.service(id)).toMatchObject({ status: "RUNNING" });
    expect(world.edge.answer(host).kind).toBe("instances");
    expect(world.watchman.violations).toEqual([]);
  });
});

describe("an engine that is slow, but within its own limits", () => {
  /** Time limits of acts go by the world's clock, not by the machine's. */
  function onWorldTime(world: World): void {
    vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
      const limit = new AbortController();
      const sleep = world.clock.sleep(ms, new AbortController().signal);
      void sleep.then(() => limit.abort(new DOMException("too late", "TimeoutError")));
      return limit.signal;
    });
  }

  function slowDown(world: World, act: "startInstance" | "stopInstance" | "removeInstance", ms: number) {
    const original = world.containers[act].bind(world.containers) as (...args: unknown[]) => Promise<never>;
    vi.spyOn(world.containers, act).mockImplementation(async (...args: readonly unknown[]) => {
      await world.clock.sleep(ms, args.at(-1) as AbortSignal);
      return original(...args);
    });
  }

  afterEach(() => void vi.restoreAllMocks());

  it("is given the time: start, stop and removal are not cut off and begun again", async () => {
    const world = new World();
    onWorldTime(world);
    slowDown(world, "startInstance", 119_000);
    slowDown(world, "stopInstance", 61_000);
    slowDown(world, "removeInstance", 170_000);
    const { id } = await create(world);
    await world.advance(120_000);
    expect(await world.service(id)).toMatchObject({ status: "RUNNING" });
    await world.commands.startDeployment(id);
    await world.advance(400_000);
    expect(await world.instances(id)).toHaveLength(1);
    const failed = (world.store as MemoryStore).rows.journal.filter(({ status }) => status === "failed");
    expect(failed).toEqual([]);
  });
});

describe("a resume that fails", () => {
  it("leaves the service paused", async () => {
    const world = new World();
    const { id, host } = await create(world);
    await world.commands.pause(id);
    await world.advance(5000);
    world.edge.probeWith = () => ({ isHealthy: false, problem: "refused" });
    const { operationId } = await world.commands.resume(id);
    await world.advance(130_000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "FAILED" });
    expect(await world.service(id)).toMatchObject({ status: "PAUSED" });
    expect(world.edge.answer(host)).toEqual({ kind: "refused", reason: "paused" });
    expect(await world.instances(id)).toEqual([]);
  });
});

describe("a delete that cannot finish", () => {
  it("becomes DELETE_FAILED, and can be tried again", async () => {
    const world = new World();
    const { id } = await create(world);
    world.containers.setUnavailable("connection refused");
    const { operationId } = await world.commands.delete(id);
    await world.advance(200_000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "FAILED" });
    expect(await world.service(id)).toMatchObject({ status: "DELETE_FAILED" });
    world.containers.setUnavailable(null);
    await world.commands.delete(id);
    await world.advance(20_000);
    expect(await world.service(id)).toMatchObject({ status: "DELETED" });
  });
});
