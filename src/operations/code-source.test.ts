/** From a repository to traffic: fetched, built, deployed, and what happens when one of these fails. */
import { describe, expect, it } from "vitest";
import { BuildError } from "../ports/builder.ts";
import { SourceError } from "../ports/source-code.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { REPOSITORY, World, aCodeConfiguration, aConfiguration } from "./testing/world.ts";

async function aWorld(): Promise<World> {
  const world = new World();
  world.sourceCode.push(REPOSITORY);
  await world.boot();
  return world;
}

async function create(world: World, configuration = aCodeConfiguration()) {
  const { service, operationId } = await world.commands.create({ name: "web1", configuration, tags: [] });
  await world.settle();
  await world.advance(5_000);
  return { id: service.id, host: service.host, operationId };
}

async function release(world: World, serviceId: string) {
  const { activeReleaseNumber } = await world.service(serviceId);
  return world.store.releases.get(serviceId, activeReleaseNumber ?? 0);
}

describe("a service made from source code", () => {
  it("is fetched, built and deployed, and its release tells the commit", async () => {
    const world = await aWorld();
    const { id, host, operationId } = await create(world);
    expect(await world.service(id)).toMatchObject({ status: "RUNNING", activeReleaseNumber: 1 });
    expect(world.edge.answer(host).kind).toBe("instances");
    const commit = { author: "Ada", message: "a change" };
    expect(await release(world, id)).toMatchObject({ built: { commit, run: { port: "8080" } } });
    expect(world.events(id)).toContain(
      `[AppRunner] Deployment Artifact: [Repo Type: Source], [Repository: ${REPOSITORY}], [Branch: main], [SourceDirectory: /]`,
    );
    expect(world.details(id, operationId)).toEqual(
      expect.arrayContaining(["[AppRunner] Starting source code build.", "[Build] building"]),
    );
    expect(world.sourceCode.checkouts.size).toBe(0);
  });

  it("is built again by a deployment, from the newest commit", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    const newest = world.sourceCode.push(REPOSITORY);
    await world.commands.startDeployment(id);
    await world.advance(5_000);
    expect(await release(world, id)).toMatchObject({ number: 2, built: { commit: newest } });
  });

  it("keeps its build when only its size or its variables change", async () => {
    const world = await aWorld();
    const values = {
      runtime: "NODEJS_22",
      buildCommand: "npm ci",
      startCommand: "node a.js",
      port: "3000",
      environment: { MODE: "a" },
      environmentSecrets: {},
    };
    const { id } = await create(world, aCodeConfiguration({ configurationSource: "API", values }));
    world.sourceCode.push(REPOSITORY);
    await world.commands.update(id, (present) => ({
      ...present,
      source: aCodeConfiguration({
        configurationSource: "API",
        values: { ...values, environment: { MODE: "b" } },
      }).source,
    }));
    await world.advance(5_000);
    expect(world.builder.requests).toHaveLength(1);
    expect(await release(world, id)).toMatchObject({
      number: 2,
      built: { run: { port: "3000", environment: { MODE: "b" } } },
    });
  });

  it("is built again when its build was removed from the engine by hand", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    world.containers.loseImage((await release(world, id))?.imageId ?? "");
    await world.commands.update(id, (present) => ({
      ...present,
      instance: { ...present.instance, memory: "1024" },
    }));
    await world.advance(5_000);
    expect(world.builder.requests).toHaveLength(2);
    expect(await world.service(id)).toMatchObject({ status: "RUNNING", activeReleaseNumber: 2 });
  });
});

describe("an image that was removed from the engine by hand", () => {
  it("is built again from its own commit when the service is resumed", async () => {
    const world = await aWorld();
    const { id, host } = await create(world);
    const before = await release(world, id);
    await world.commands.pause(id);
    await world.advance(5_000);
    world.containers.loseImage(before?.imageId ?? "");
    world.sourceCode.push(REPOSITORY);
    const { operationId } = await world.commands.resume(id);
    await world.advance(5_000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "SUCCEEDED" });
    expect(world.edge.answer(host).kind).toBe("instances");
    expect(await release(world, id)).toMatchObject({ number: 1, built: before?.built });
    expect(world.events(id).join("\n")).toContain("is gone from the engine: building it again.");
    expect(world.sourceCode.checkouts.size).toBe(0);
  });

  it("is built again by the Dockerfile it was built by, whatever the tags say now", async () => {
    const world = await aWorld();
    const tagged = (value: string) => [{ key: "slipway:dockerfile", value }];
    const { service } = await world.commands.create({
      name: "web1",
      configuration: aCodeConfiguration(),
      tags: tagged("docker/Old"),
    });
    await world.advance(5_000);
    await world.store.tags.put(service.arn, tagged("docker/New"));
    const built = await release(world, service.id);
    const rebuilt = async () => {
      await world.commands.pause(service.id);
      await world.advance(5_000);
      world.containers.loseImage(built?.imageId ?? "");
      await world.commands.resume(service.id);
      await world.advance(5_000);
      return world.builder.requests.at(-1)?.dockerfile?.path;
    };
    expect(await rebuilt()).toBe("docker/Old");
    // Releases of older versions do not know it.
    const { dockerfile: _unknown, ...older } = built!.built!;
    await world.store.releases.save({ ...built!, built: older });
    expect(await rebuilt()).toBe("docker/New");
    expect(world.builder.requests).toHaveLength(3);
  });

  it("is built again once, however many instances miss it", async () => {
    const world = new World();
    (world.store as MemoryStore).scale = { minSize: 3, maxSize: 3, maxConcurrency: 1 };
    world.sourceCode.push(REPOSITORY);
    await world.boot();
    const { id } = await create(world);
    await world.commands.pause(id);
    await world.advance(5_000);
    world.containers.loseImage((await release(world, id))?.imageId ?? "");
    const { operationId } = await world.commands.resume(id);
    await world.advance(5_000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "SUCCEEDED" });
    expect(await world.instances(id)).toHaveLength(3);
    expect(world.builder.requests).toHaveLength(2);
  });

  it("is announced again when a crash ended its build", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    world.builder.gate = Promise.withResolvers<void>().promise;
    world.containers.loseImage((await release(world, id))?.imageId ?? "");
    world.containers.exitInstance((await world.instances(id))[0]?.id ?? "", { exitCode: 1 });
    await world.advance(5_000);
    const announced = () => world.events(id).filter((line) => line.endsWith("building it again."));
    expect(announced()).toHaveLength(1);
    world.builder.gate = null;
    await world.reboot();
    await world.advance(5_000);
    expect(announced()).toHaveLength(2);
    expect(await world.instances(id)).toMatchObject([{ state: "ready" }]);
  });

  it("waits for the build of a deployment, and takes nobody's place", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    const gate = Promise.withResolvers<void>();
    world.builder.gate = gate.promise;
    const { operationId } = await world.commands.startDeployment(id);
    await world.settle();
    world.containers.loseImage((await release(world, id))?.imageId ?? "");
    world.containers.exitInstance((await world.instances(id))[0]?.id ?? "", { exitCode: 1 });
    await world.advance(2_000);
    expect(world.builder.requests).toHaveLength(2);
    gate.resolve();
    await world.advance(5_000);
    expect(world.builder.requests).toHaveLength(3);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "SUCCEEDED" });
    expect(world.errors).toEqual([]);
  });

  it("and cannot be built again is told with the reason", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    await world.commands.pause(id);
    await world.advance(5_000);
    world.containers.loseImage((await release(world, id))?.imageId ?? "");
    world.builder.failNext(new BuildError("command", "npm ci ended with exit code 1", { exitCode: 1 }));
    const { operationId } = await world.commands.resume(id);
    await world.advance(5_000);
    expect((await world.operation(id, operationId)).cause?.message).toMatch(
      /^Its image is gone from the engine, and commit \w{10} cannot be built again: npm ci ended with exit code 1\./,
    );
  });
});

describe("a deleted service", () => {
  it("leaves nothing of its source behind", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    await world.commands.delete(id);
    await world.advance(30_000);
    expect(await world.service(id)).toMatchObject({ status: "DELETED" });
    expect(world.sourceCode.calls).toContain(`forget ${id}`);
    expect((world.store as MemoryStore).forgottenWatches).toEqual([id]);
  });

  it("leaves nothing behind when it is deleted in the middle of its first build", async () => {
    const world = await aWorld();
    world.builder.gate = new Promise(() => undefined);
    const { id } = await create(world);
    expect(world.sourceCode.checkouts.size).toBe(1);
    await world.commands.delete(id);
    await world.advance(30_000);
    expect(await world.service(id)).toMatchObject({ status: "DELETED" });
    expect(world.sourceCode.checkouts.size).toBe(0);
  });

  it("leaves nothing of its source behind either when it is made from an image by then", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    await world.commands.update(id, () => aConfiguration());
    await world.advance(5_000);
    await world.commands.delete(id);
    await world.advance(30_000);
    expect(world.sourceCode.calls).toContain(`forget ${id}`);
  });
});

describe("source code that cannot be deployed", () => {
  it("fails the create with the source's own words", async () => {
    const world = await aWorld();
    const { id, operationId } = await create(world, aCodeConfiguration({ branch: "nosuch" }));
    expect(await world.service(id)).toMatchObject({ status: "CREATE_FAILED" });
    expect(await world.operation(id, operationId)).toMatchObject({
      status: "FAILED",
      cause: { phase: "source", class: "source", message: "There is no branch nosuch." },
    });
  });

  it("fails a deployment with the failing command, and the previous version goes on", async () => {
    const world = await aWorld();
    const { id, host } = await create(world);
    world.sourceCode.push(REPOSITORY);
    world.builder.failNext(
      new BuildError("command", "The command npm ci ended with exit code 1", {
        exitCode: 1,
        logLines: ["npm error"],
      }),
    );
    const { operationId } = await world.commands.startDeployment(id);
    await world.advance(5_000);
    expect(await world.operation(id, operationId)).toMatchObject({
      status: "ROLLBACK_SUCCEEDED",
      cause: {
        phase: "build",
        class: "build",
        message: "The command npm ci ended with exit code 1.",
        exitCode: 1,
        logLines: ["npm error"],
      },
    });
    const failed = `[AppRunner] Deployment with ID : ${operationId} failed. Failure reason : Failed to build your application source code.`;
    expect(world.events(id)).toContain(failed);
    // Why it failed stands there once.
    expect(world.details(id, operationId).slice(-3)).toEqual([
      "[AppRunner] Failed to build your application source code. Reason: The command npm ci ended with exit code 1.",
      failed,
      "[AppRunner] Rolling back to the previous version.",
    ]);
    expect(world.edge.answer(host).kind).toBe("instances");
  });

  it("asks a host that is away for a minute, and then says so", async () => {
    const world = await aWorld();
    const away = () => new SourceError("unreachable", "The host does not answer");
    world.sourceCode.failNext(away(), away());
    const first = await create(world);
    expect(await world.service(first.id)).toMatchObject({ status: "RUNNING" });
    world.sourceCode.failNext(...Array.from({ length: 1_000 }, away));
    const { operationId } = await world.commands.startDeployment(first.id);
    await world.advance(30_000);
    expect(await world.operation(first.id, operationId)).toMatchObject({ status: "IN_PROGRESS" });
    await world.advance(60_000);
    expect(await world.operation(first.id, operationId)).toMatchObject({
      status: "ROLLBACK_SUCCEEDED",
      cause: { phase: "source", message: "The host does not answer." },
    });
  });
});

describe("a control plane that ends in the middle", () => {
  it("of a build begins it again, and leaves no checkout behind", async () => {
    const world = await aWorld();
    world.builder.gate = new Promise(() => undefined);
    const { service, operationId } = await world.commands.create({
      name: "web1",
      configuration: aCodeConfiguration(),
      tags: [],
    });
    await world.settle();
    expect(await world.operation(service.id, operationId)).toMatchObject({ phase: "build" });
    const pushed = world.sourceCode.push(REPOSITORY, "main", "too late");
    world.builder.gate = null;
    await world.reboot();
    await world.advance(5_000);
    expect(await world.service(service.id)).toMatchObject({ status: "RUNNING" });
    const log = world.details(service.id, operationId);
    expect(log.filter((line) => line.includes("The control plane ended during the build."))).toHaveLength(1);
    expect((await release(world, service.id))?.built?.commit.id).not.toBe(pushed.id);
    expect(world.sourceCode.checkouts.size).toBe(0);
  });
});

describe("secrets of a build", () => {
  const tags = [{ key: "slipway:build-secrets", value: "npm=/shop/npm-token" }];
  const wish = { name: "web1", configuration: aCodeConfiguration(), tags };

  it("reach the builder by their value, as it is at each build, and no record", async () => {
    const world = await aWorld();
    world.secrets.put("/shop/npm-token", "first-token");
    const { service, operationId } = await world.commands.create(wish);
    await world.advance(5_000);
    world.secrets.put("/shop/npm-token", "second-token");
    await world.commands.startDeployment(service.id);
    await world.advance(5_000);
    expect(world.builder.requests.map(({ secrets }) => secrets)).toEqual([
      { npm: "first-token" },
      { npm: "second-token" },
    ]);
    const made = await release(world, service.id);
    expect(made).toMatchObject({ number: 2, built: { buildSecrets: { npm: "/shop/npm-token" } } });
    const records = [made, world.events(service.id), world.details(service.id, operationId)];
    expect(JSON.stringify(records)).not.toMatch(/first-token|second-token/);
  });

  it("that cannot be had fail the build with id and reference before it begins", async () => {
    const world = await aWorld();
    const { service, operationId } = await world.commands.create(wish);
    await world.advance(5_000);
    expect(world.builder.requests).toEqual([]);
    expect(await world.operation(service.id, operationId)).toMatchObject({
      cause: {
        phase: "build",
        class: "secret",
        message:
          "The build's secret npm (tag slipway:build-secrets) cannot be used: There is no secret /shop/npm-token. Create it first.",
      },
    });
  });

  it("are those of the first build when a lost image is built again", async () => {
    const world = await aWorld();
    world.secrets.put("/shop/npm-token", "token");
    const { service } = await world.commands.create(wish);
    await world.advance(5_000);
    await world.store.tags.removeAll(service.arn);
    await world.commands.pause(service.id);
    await world.advance(200_000);
    world.containers.loseImage((await release(world, service.id))?.imageId ?? "");
    await world.commands.resume(service.id);
    await world.advance(5_000);
    expect(world.builder.requests.map(({ secrets }) => secrets)).toEqual([
      { npm: "token" },
      { npm: "token" },
    ]);
  });

  it("that are gone keep a lost image from being built again, and say so", async () => {
    const world = await aWorld();
    world.secrets.put("/shop/npm-token", "token");
    const { service } = await world.commands.create(wish);
    await world.advance(5_000);
    await world.commands.pause(service.id);
    await world.advance(200_000);
    world.containers.loseImage((await release(world, service.id))?.imageId ?? "");
    world.secrets.drop("/shop/npm-token");
    const { operationId } = await world.commands.resume(service.id);
    await world.advance(5_000);
    expect((await world.operation(service.id, operationId)).cause?.message).toContain(
      "cannot be built again: There is no secret /shop/npm-token.",
    );
  });
});
