/** Going back to a release that served, and giving up a deployment on request. */
import { describe, expect, it, vi } from "vitest";
import { BuildError } from "../ports/builder.ts";
import type { Service } from "../domain/service.ts";
import { REPOSITORY, World, aCodeConfiguration, aConfiguration } from "./testing/world.ts";

async function deployedTwice(world: World) {
  await world.boot();
  world.containers.addLocalImage("web:2");
  const first = aConfiguration({ environment: { MODE: "first" } });
  const { service } = await world.commands.create({ name: "web1", configuration: first, tags: [] });
  await world.advance(5_000);
  const second = aConfiguration({ imageIdentifier: "web:2", environment: { MODE: "second" } });
  await world.commands.update(service.id, () => second);
  await world.advance(5_000);
  expect(await world.service(service.id)).toMatchObject({ status: "RUNNING", activeReleaseNumber: 2 });
  return { id: service.id, host: service.host };
}

async function deployedFromSource(world: World): Promise<Service> {
  world.sourceCode.push(REPOSITORY);
  await world.boot();
  const configuration = aCodeConfiguration();
  const { service } = await world.commands.create({ name: "web1", configuration, tags: [] });
  await world.advance(5_000);
  return service;
}

describe("a rollback", () => {
  it("brings back image and configuration as a new release", async () => {
    const world = new World();
    const { id } = await deployedTwice(world);
    const { operationId } = await world.commands.rollBack(id, null);
    await world.advance(5_000);
    expect(world.events(id)).toEqual(
      expect.arrayContaining([
        "[AppRunner] Rollback to release 1 started.",
        "[AppRunner] Rollback to release 1 completed successfully.",
      ]),
    );
    expect(await world.operation(id, operationId)).toMatchObject({
      type: "UPDATE_SERVICE",
      status: "SUCCEEDED",
      releaseNumber: 3,
    });
    const [first, third] = await Promise.all([1, 3].map((number) => world.store.releases.get(id, number)));
    expect(third).toMatchObject({ imageId: first?.imageId, configuration: first?.configuration });
    expect((await world.service(id)).configuration).toEqual(first?.configuration);
  });

  it("speaks with the instances as they spoke then, while a new release does as the tags say", async () => {
    const world = new World();
    await world.boot();
    const added = vi.spyOn(world.edge, "addServer");
    const tags = [{ key: "slipway:protocol", value: "h2c" }];
    const { service } = await world.commands.create({ name: "web1", configuration: aConfiguration(), tags });
    await world.advance(5_000);
    await world.store.tags.put(service.arn, []);
    await world.commands.startDeployment(service.id);
    await world.advance(5_000);
    await world.commands.rollBack(service.id, 1);
    await world.advance(5_000);
    const releases = await Promise.all(
      [1, 2, 3].map((number) => world.store.releases.get(service.id, number)),
    );
    expect(releases.map((release) => release?.protocol)).toEqual(["h2c", undefined, "h2c"]);
    expect(added.mock.calls.map(([, { protocol }]) => protocol)).toEqual(["h2c", "http1", "h2c"]);
  });

  it("runs the instances in the sandbox of then, while a new release does as the tags say", async () => {
    const world = new World();
    await world.boot();
    const tags = [{ key: "slipway:sandbox", value: "gvisor" }];
    const { service } = await world.commands.create({ name: "web1", configuration: aConfiguration(), tags });
    await world.advance(5_000);
    await world.store.tags.put(service.arn, []);
    await world.commands.startDeployment(service.id);
    await world.advance(5_000);
    const started = vi.spyOn(world.containers, "startInstance");
    await world.commands.rollBack(service.id, 1);
    await world.advance(5_000);
    const releases = await Promise.all(
      [1, 2, 3].map((number) => world.store.releases.get(service.id, number)),
    );
    expect(releases.map((release) => release?.sandbox)).toEqual(["gvisor", undefined, "gvisor"]);
    expect(started.mock.calls.map(([{ sandbox }]) => sandbox)).toEqual(["gvisor"]);
  });

  it("asks no registry and builds nothing, even when the tag or the branch has moved on", async () => {
    const world = new World();
    const service = await deployedFromSource(world);
    const newest = world.sourceCode.push(REPOSITORY);
    await world.commands.startDeployment(service.id, { by: "poll", version: newest.id });
    await world.advance(5_000);
    await world.commands.rollBack(service.id, 1);
    await world.advance(5_000);
    const [first, third] = await Promise.all(
      [1, 3].map((number) => world.store.releases.get(service.id, number)),
    );
    expect(await world.service(service.id)).toMatchObject({ status: "RUNNING", activeReleaseNumber: 3 });
    expect(third?.built).toEqual(first?.built);
    expect(world.builder.requests).toHaveLength(2);
  });

  it("says so when the image is gone, and the present release goes on", async () => {
    const world = new World();
    const { id, host } = await deployedTwice(world);
    world.containers.loseImage((await world.store.releases.get(id, 1))?.imageId ?? "");
    const { operationId } = await world.commands.rollBack(id, 1);
    await world.advance(5_000);
    const operation = await world.operation(id, operationId);
    expect(operation.status).toBe("ROLLBACK_SUCCEEDED");
    expect(operation.cause?.message).toMatch(
      /^Release 1 cannot be gone back to: its image is gone from the engine: web:1 came from no registry\./,
    );
    expect(world.edge.answer(host).kind).toBe("instances");
    expect((await world.service(id)).configuration.source).toMatchObject({ imageIdentifier: "web:2" });
  });

  it("may take as long as a build when the image has to be built again", async () => {
    const world = new World();
    const service = await deployedFromSource(world);
    await world.commands.startDeployment(service.id);
    await world.advance(5_000);
    world.containers.loseImage((await world.store.releases.get(service.id, 1))?.imageId ?? "");
    const built = Promise.withResolvers<void>();
    world.builder.gate = built.promise;
    const { operationId } = await world.commands.rollBack(service.id, 1);
    await world.advance(40 * 60_000);
    expect(await world.operation(service.id, operationId)).toMatchObject({ cause: null, phase: "pull" });
    built.resolve();
    await world.advance(5_000);
    expect(await world.operation(service.id, operationId)).toMatchObject({ status: "SUCCEEDED" });
  });

  it.each([
    [2, "is the active one"],
    [9, "releases that served"],
  ])("to release %i is refused", async (number, reason) => {
    const world = new World();
    const { id } = await deployedTwice(world);
    await expect(world.commands.rollBack(id, number)).rejects.toThrow(reason);
  });
});

describe("a cancelled operation", () => {
  it("ends at once, in the middle of a build, and what served goes on", async () => {
    const world = new World();
    const service = await deployedFromSource(world);
    world.builder.gate = new Promise(() => undefined);
    const { operationId } = await world.commands.startDeployment(service.id);
    await world.settle();
    expect(await world.operation(service.id, operationId)).toMatchObject({ phase: "build" });
    await world.commands.cancel(service.id, operationId);
    await world.advance(1_000);
    expect(await world.operation(service.id, operationId)).toMatchObject({
      status: "ROLLBACK_SUCCEEDED",
      cause: { class: "cancelled" },
    });
    expect(world.edge.answer(service.host).kind).toBe("instances");
    await expect(world.commands.cancel(service.id, operationId)).rejects.toThrow("it has ended");
  });

  it.each(["build-failed", "built"])(
    "stays cancelled when its build ends in the same moment: %s",
    async (key) => {
      const world = new World();
      world.sourceCode.push(REPOSITORY);
      await world.boot();
      const { service } = await world.commands.create({
        name: "web1",
        configuration: aCodeConfiguration(),
        tags: [],
      });
      await world.advance(5_000);
      const told = Promise.withResolvers<void>();
      const write = world.log.write.bind(world.log);
      vi.spyOn(world.log, "write").mockImplementation(async (owner, stream, line) => {
        await write(owner, stream, line);
        if (line.key === key) await told.promise;
      });
      if (key === "build-failed") world.builder.failNext(new BuildError("command", "npm ci failed"));
      const { operationId } = await world.commands.startDeployment(service.id);
      await world.settle();
      await world.commands.cancel(service.id, operationId);
      told.resolve();
      await world.advance(5_000);
      expect(await world.operation(service.id, operationId)).toMatchObject({
        status: "ROLLBACK_SUCCEEDED",
        cause: { class: "cancelled" },
        releaseNumber: null,
      });
      expect(world.errors).toEqual([]);
    },
  );

  it("cannot be a resume: there is nothing to go back to", async () => {
    const world = new World();
    const { id } = await deployedTwice(world);
    await world.commands.pause(id);
    await world.advance(5_000);
    world.edge.probeWith = () => ({ isHealthy: false, problem: "refused" });
    const { operationId } = await world.commands.resume(id);
    await world.settle();
    await expect(world.commands.cancel(id, operationId ?? "")).rejects.toThrow(
      "a pause, a resume or a delete always goes on to its end",
    );
  });

  it("fails a create, which leaves nothing running", async () => {
    const world = new World();
    world.edge.probeWith = () => ({ isHealthy: false, problem: "refused" });
    await world.boot();
    const { service, operationId } = await world.commands.create({
      name: "web1",
      configuration: aConfiguration(),
      tags: [],
    });
    await world.settle();
    expect(await world.operation(service.id, operationId)).toMatchObject({ phase: "health-check" });
    await world.commands.cancel(service.id, operationId);
    await world.advance(60_000);
    const operation = await world.operation(service.id, operationId);
    expect(operation).toMatchObject({ status: "FAILED", cause: { class: "cancelled" } });
    expect(await world.containers.listInstances(new AbortController().signal)).toEqual([]);
  });
});
