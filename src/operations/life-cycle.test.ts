/** The happy paths: each operation from wish to end, and what users meet at the edge meanwhile. */
import { describe, expect, it } from "vitest";
import type { AutoScalingConfiguration } from "../domain/configuration.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../ports/store.ts";
import { World, aConfiguration } from "./testing/world.ts";

function aScalingConfiguration(): AutoScalingConfiguration {
  return {
    arn: aConfiguration().autoScalingConfigurationArn,
    name: "default",
    revision: 1,
    isLatest: true,
    isActive: true,
    isDefault: true,
    createdAtMs: 0,
    deletedAtMs: null,
    minSize: 1,
    maxSize: 25,
    maxConcurrency: 100,
  };
}

async function runningService(world: World): Promise<{ readonly id: string; readonly host: string }> {
  await world.boot();
  const { service } = await world.commands.create({
    name: "web1",
    configuration: aConfiguration(),
    tags: [],
  });
  await world.advance(1000);
  expect(await world.service(service.id)).toMatchObject({ status: "RUNNING" });
  return service;
}

function servedBy(world: World, host: string): readonly string[] {
  const answer = world.edge.answer(host);
  return answer.kind === "instances" ? answer.instanceIds : [];
}

describe("create", () => {
  it("starts an instance, checks its health, routes to it, and succeeds without any wait of its own", async () => {
    const world = new World();
    await world.boot();
    const { service, operationId } = await world.commands.create({
      name: "web1",
      configuration: aConfiguration(),
      tags: [],
    });
    await world.settle();
    expect(world.errors).toEqual([]);
    expect(await world.operation(service.id, operationId)).toMatchObject({
      status: "SUCCEEDED",
      phase: "done",
    });
    const { phases } = await world.operation(service.id, operationId);
    expect(phases?.map(({ phase }) => phase)).toEqual([
      "waiting",
      "pull",
      "provision",
      "health-check",
      "routing",
      "done",
    ]);
    expect(await world.service(service.id)).toMatchObject({ status: "RUNNING", activeReleaseNumber: 1 });
    const [instance] = await world.instances(service.id);
    expect(servedBy(world, service.host)).toEqual([instance?.id]);
    expect(world.containers.specOf(instance!.id).environment).toEqual({ PORT: "8080" });
  });

  it("tells the story in App Runner's words, in order", async () => {
    const world = new World();
    const { id } = await runningService(world);
    expect(
      world.events(id).map((line) => line.replace("[AppRunner] ", "").replaceAll(/[0-9a-f]{32}/g, "ID")),
    ).toEqual([
      "Service creation started.",
      "Service status is set to OPERATION_IN_PROGRESS.",
      "Deployment with ID : ID started. Triggering event : SERVICE_CREATE",
      "Deployment Artifact: [Repo Type: ECR], [Repository: web:1]",
      "Using image web:1 as this engine has it: no registry was asked.",
      "Provisioning instances and deploying image for publicly accessible service.",
      "Performing health check on protocol `TCP` [Port: '8080'].",
      "Health check is successful. Routing traffic to application.",
      "Successfully routed incoming traffic to application.",
      "Service creation completed successfully.",
      "Service status is set to RUNNING.",
    ]);
  });

  it("answers 503 starting until the first switch", async () => {
    const world = new World();
    world.edge.probeWith = () => ({ isHealthy: false, problem: "refused" });
    await world.boot();
    const { service } = await world.commands.create({
      name: "web1",
      configuration: aConfiguration(),
      tags: [],
    });
    await world.advance(1000);
    expect(world.edge.answer(service.host)).toEqual({ kind: "refused", reason: "starting" });
  });
});

describe("update", () => {
  it("builds the new set beside the old, switches, then drains and removes the old", async () => {
    const world = new World();
    const { id, host } = await runningService(world);
    const [old] = servedBy(world, host);
    world.edge.setInFlight(old!, 1);
    const { operationId } = await world.commands.update(id, () =>
      aConfiguration({ environment: { A: "1" } }),
    );
    await world.advance(1000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "SUCCEEDED" });
    const [next] = servedBy(world, host);
    expect(next).not.toBe(old);
    expect(await world.instances(id)).toHaveLength(2);
    world.edge.setInFlight(old!, 0);
    await world.advance(2000);
    expect(await world.instances(id)).toHaveLength(1);
    expect(world.watchman.violations).toEqual([]);
  });

  it("accepts the next deployment while the old set still drains, and the long request is not cut", async () => {
    const world = new World();
    const { id, host } = await runningService(world);
    for (let round = 0; round < 2; round++) {
      world.edge.setInFlight(servedBy(world, host)[0]!, 1);
      const { operationId } = await world.commands.startDeployment(id);
      await world.advance(1000);
      expect(await world.operation(id, operationId), `round ${round}`).toMatchObject({ status: "SUCCEEDED" });
    }
    expect(await world.instances(id)).toHaveLength(3);
    await world.advance(130_000);
    expect(await world.instances(id)).toHaveLength(1);
    expect(world.watchman.violations).toEqual([]);
  });

  it("that changes nothing is accepted without an operation", async () => {
    const world = new World();
    const { id } = await runningService(world);
    expect(await world.commands.update(id, (present) => ({ ...present }))).toMatchObject({
      operationId: null,
    });
  });

  it("is refused while another operation is under way, in App Runner's words", async () => {
    const world = new World();
    const { id } = await runningService(world);
    await world.commands.update(id, () => aConfiguration({ port: "3000" }));
    await expect(world.commands.update(id, () => aConfiguration())).rejects.toThrow(
      "Service cannot be updated in the current state: OPERATION_IN_PROGRESS.",
    );
  });
});

describe("pause and resume", () => {
  it("refuse first, then drain and stop; the resume starts the same release without a pull", async () => {
    const world = new World();
    const { id, host } = await runningService(world);
    world.edge.setInFlight(servedBy(world, host)[0]!, 1);
    const pause = await world.commands.pause(id);
    await world.advance(1000);
    expect(world.edge.answer(host)).toEqual({ kind: "refused", reason: "paused" });
    expect(await world.operation(id, pause.operationId)).toMatchObject({ status: "IN_PROGRESS" });
    world.edge.setInFlight((await world.instances(id))[0]!.id, 0);
    await world.advance(2000);
    expect(await world.service(id)).toMatchObject({ status: "PAUSED", activeReleaseNumber: 1 });
    expect(await world.instances(id)).toEqual([]);
    const pulls = world.containers.calls.filter((call) => call.startsWith("findImage")).length;
    const resume = await world.commands.resume(id);
    await world.advance(1000);
    expect(await world.operation(id, resume.operationId)).toMatchObject({ status: "SUCCEEDED" });
    expect(servedBy(world, host)).toHaveLength(1);
    expect(world.containers.calls.filter((call) => call.startsWith("findImage"))).toHaveLength(pulls);
  });
});

describe("delete", () => {
  it("unroutes, drains briefly, removes everything and frees the slots", async () => {
    const world = new World();
    const { id, host } = await runningService(world);
    world.edge.setInFlight(servedBy(world, host)[0]!, 1);
    await world.commands.delete(id);
    await world.advance(11_000);
    expect(await world.service(id)).toMatchObject({ status: "DELETED", slots: null });
    expect(world.edge.answer(host)).toEqual({ kind: "unknown-host" });
    expect(await world.containers.listInstances(new AbortController().signal)).toEqual([]);
    expect(world.watchman.violations).toEqual([]);
  });

  it("takes the tags along", async () => {
    const world = new World();
    const { id } = await runningService(world);
    const { arn } = await world.service(id);
    await world.store.tags.put(arn, [{ key: "team", value: "a" }]);
    await world.commands.delete(id);
    await world.advance(20_000);
    expect(await world.service(id)).toMatchObject({ status: "DELETED" });
    expect(await world.store.tags.list(arn)).toEqual([]);
  });

  it("overtakes a create that is under way", async () => {
    const world = new World();
    world.edge.probeWith = () => ({ isHealthy: false, problem: "refused" });
    await world.boot();
    const create = await world.commands.create({ name: "web1", configuration: aConfiguration(), tags: [] });
    await world.advance(1000);
    await world.commands.delete(create.service.id);
    await world.advance(1000);
    expect(await world.operation(create.service.id, create.operationId)).toMatchObject({
      status: "FAILED",
      cause: { class: "cancelled" },
    });
    expect(await world.service(create.service.id)).toMatchObject({ status: "DELETED" });
    expect(await world.containers.listInstances(new AbortController().signal)).toEqual([]);
  });
});

describe("a delete that overtakes a create", () => {
  it("keeps the cause when that has failed already and only tidies up", async () => {
    const world = new World();
    await world.boot();
    world.containers.addLocalImage("broken:1", { exitCodeAtStart: 3 });
    // Its container stays: the engine is away before it can be removed.
    world.onJournal = (entry) => {
      if (entry.step === "failOperation" && entry.status === "done") world.containers.setUnavailable("away");
    };
    const configuration = aConfiguration({ imageIdentifier: "broken:1" });
    const create = await world.commands.create({ name: "web1", configuration, tags: [] });
    await world.advance(1000);
    const { id } = create.service;
    const failed = await world.operation(id, create.operationId);
    expect(failed).toMatchObject({ status: "IN_PROGRESS", phase: "cleanup", cause: { exitCode: 3 } });
    await world.commands.delete(id);
    expect(await world.operation(id, create.operationId)).toMatchObject({
      status: "FAILED",
      cause: failed.cause,
    });
    expect(world.events(id).join("\n")).not.toContain("Cancelled");
  });
});

describe("what a configuration names", () => {
  async function store(): Promise<Store> {
    const opened = await openSqliteStore({ path: ":memory:" });
    await opened.autoScalingConfigurations.save(aScalingConfiguration());
    return opened;
  }

  const other = { ...aConfiguration(), autoScalingConfigurationArn: "arn:other" };

  it("must exist when the wish is recorded, however lately it was looked up", async () => {
    const world = new World(await store());
    await world.boot();
    const creating = world.commands.create({ name: "web1", configuration: other, tags: [] });
    await expect(creating).rejects.toThrow("Auto scaling configuration not found: arn:other");
    expect(await world.store.services.count()).toBe(0);
    await world.operations.stop();
    await world.store.close();
  });

  it("must not be deleted: an update to it is refused and changes nothing", async () => {
    const world = new World(await store());
    const { id } = await runningService(world);
    const deleted = { ...aScalingConfiguration(), arn: "arn:other", name: "other", isActive: false };
    await world.store.autoScalingConfigurations.save({ ...deleted, isLatest: false, isDefault: false });
    await expect(world.commands.update(id, () => other)).rejects.toThrow(
      "The auto scaling configuration you specified has been deleted: arn:other",
    );
    expect(await world.service(id)).toMatchObject({ status: "RUNNING", configuration: aConfiguration() });
    await world.operations.stop();
    await world.store.close();
  });
});

describe("the real store", () => {
  it("carries a whole life as the one in memory does, a restart included", async () => {
    const store = await openSqliteStore({ path: ":memory:" });
    await store.autoScalingConfigurations.save(aScalingConfiguration());
    const world = new World(store);
    const { id, host } = await runningService(world);
    await world.commands.update(id, () => aConfiguration({ environment: { A: "1" } }));
    await world.advance(5000);
    await world.reboot();
    await world.advance(5000);
    expect(servedBy(world, host)).toHaveLength(1);
    await world.commands.pause(id);
    await world.advance(5000);
    await world.commands.resume(id);
    await world.advance(5000);
    expect(await world.service(id)).toMatchObject({ status: "RUNNING", activeReleaseNumber: 2 });
    await world.commands.delete(id);
    await world.advance(20_000);
    expect(await world.service(id)).toMatchObject({ status: "DELETED", slots: null });
    expect(world.errors).toEqual([]);
    expect(world.watchman.violations).toEqual([]);
    await world.operations.stop();
    await world.store.close();
  });
});

describe("an update for the service as it was seen", () => {
  it("is accepted once of two at the same time, and not for one that was changed since", async () => {
    const world = new World();
    const { id } = await runningService(world);
    const atMs = (await world.service(id)).updatedAtMs;
    const update = async (startCommand: string, seenAtMs: number) =>
      await world.commands.update(id, () => aConfiguration({ startCommand }), seenAtMs);
    const both = await Promise.allSettled([update("one", atMs), update("other", atMs)]);
    expect(both).toMatchObject([
      { status: "fulfilled" },
      { status: "rejected", reason: { entry: "ServiceChanged", code: "InvalidStateException" } },
    ]);
    await world.advance(60_000);
    await expect(update("other", atMs)).rejects.toMatchObject({ entry: "ServiceChanged" });
    const { status, updatedAtMs, configuration } = await world.service(id);
    expect([status, configuration.source]).toMatchObject(["RUNNING", { startCommand: "one" }]);
    expect((await update("other", updatedAtMs)).operationId).not.toBeNull();
  });
});
