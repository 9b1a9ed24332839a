/** What is told when: App Runner's events of services and operations, ours of instances. */
import { describe, expect, it } from "vitest";
import type { NewEvent } from "../domain/event.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { World, aConfiguration } from "./testing/world.ts";

async function aWorld() {
  const world = new World();
  await world.boot();
  const { service } = await world.commands.create({
    name: "web1",
    configuration: aConfiguration(),
    tags: [],
  });
  await world.advance(5000);
  return { world, id: service.id, told: told(world) };
}

function told(world: World): () => readonly NewEvent[] {
  return () => (world.store as MemoryStore).rows.events;
}

const statusesOf = (events: readonly NewEvent[]) =>
  events.map(({ detail }) => detail["operationStatus"] ?? detail["currentServiceStatus"] ?? detail["reason"]);

describe("events", () => {
  it("of a service and its operations are App Runner's, in order", async () => {
    const { world, id, told } = await aWorld();
    await world.commands.pause(id);
    await world.advance(30_000);
    await world.commands.resume(id);
    await world.advance(30_000);
    await world.commands.delete(id);
    await world.advance(30_000);
    expect(statusesOf(told())).toEqual([
      "CreateServiceStarted",
      "OPERATION_IN_PROGRESS",
      "CreateServiceCompletedSuccessfully",
      "RUNNING",

      "PauseServiceStarted",
      "OPERATION_IN_PROGRESS",
      "paused",
      "PauseServiceCompletedSuccessfully",
      "PAUSED",
      "ResumeServiceStarted",
      "OPERATION_IN_PROGRESS",
      "ResumeServiceCompletedSuccessfully",
      "RUNNING",

      "DeleteServiceStarted",
      "OPERATION_IN_PROGRESS",
      "deleted",
      "DeleteServiceCompletedSuccessfully",
      "DELETED",
    ]);
    const { arn } = await world.service(id);
    const [begun, created] = told();
    expect(begun).toMatchObject({
      detailType: "AppRunner Service Operation Status Change",
      serviceId: id,
      resources: [arn],
      detail: { serviceName: "web1", serviceId: id, message: "Service creation started.", severity: "INFO" },
    });
    expect(created?.detail).toEqual({
      currentServiceStatus: "OPERATION_IN_PROGRESS",
      serviceName: "web1",
      serviceId: id,
      message: "Service status is set to OPERATION_IN_PROGRESS.",
      severity: "INFO",
    });
    expect(told().find(({ detail }) => detail["currentServiceStatus"] === "PAUSED")?.detail).toMatchObject({
      previousServiceStatus: "OPERATION_IN_PROGRESS",
    });
  });

  it.each([
    [{ environment: { A: "1" } }, "New configuration is deployed."],
    [{ imageIdentifier: "web:2" }, "New application and configuration is deployed."],
  ])("of an update to %j say what is new", async (change, sentence) => {
    const { world, id, told } = await aWorld();
    world.containers.addLocalImage("web:2");
    await world.commands.update(id, () => aConfiguration(change));
    await world.advance(30_000);
    const messages = told().map(({ message }) => message);
    expect(messages).toContain(`Service update completed successfully. ${sentence}`);
    expect(statusesOf(told())).toContain("superseded");
  });

  it("of a deployment that fails tell the cause, the rollback, and why its instance ended", async () => {
    const { world, id, told } = await aWorld();
    world.containers.addLocalImage("broken:1", { exitCodeAtStart: 3 });
    await world.commands.update(id, () => aConfiguration({ imageIdentifier: "broken:1" }));
    await world.advance(120_000);
    const failed = told().find(({ severity }) => severity === "ERROR");
    expect(failed).toMatchObject({
      message: "Service update failed. For details, see service logs.",
      detail: {
        operationStatus: "UpdateServiceFailed",
        rollback: "SUCCEEDED",
        failureClass: "exit-code",
        failurePhase: "health-check",
        exitCode: 3,
      },
    });
    const ended = told().find(({ detailType }) => detailType === "Slipway Instance Ended");
    expect(ended?.detail).toMatchObject({ reason: "exited", exitCode: 3, isOutOfMemory: false, servedMs: 0 });
  });

  it("of a create that is overtaken by a delete end it as failed", async () => {
    const world = new World();
    await world.boot();
    world.edge.probeWith = () => ({ isHealthy: false, problem: "refused" });
    const { service } = await world.commands.create({
      name: "web1",
      configuration: aConfiguration(),
      tags: [],
    });
    await world.advance(2000);
    await world.commands.delete(service.id);
    await world.advance(60_000);
    const words = statusesOf(told(world)());
    expect(words.slice(0, 4)).toEqual([
      "CreateServiceStarted",
      "OPERATION_IN_PROGRESS",
      "CreateServiceFailed",
      "DeleteServiceStarted",
    ]);
    expect(words.at(-1)).toBe("DELETED");
  });

  it("of an instance tell its health and how long it lived", async () => {
    const { world, id, told } = await aWorld();
    const [sick] = await world.instances(id);
    const sickAddress = sick?.address;
    let isSick = true;
    world.edge.probeWith = ({ address }) =>
      isSick && address === sickAddress
        ? { isHealthy: false, problem: "status", status: 503 }
        : { isHealthy: true };
    // No room for a replacement: it has to get well by itself.
    world.containers.setMemory({ totalMiB: 600, availableMiB: 1 });
    await world.advance(40_000);
    isSick = false;
    await world.advance(20_000);
    const health = told().filter(({ detailType }) => detailType === "Slipway Instance Health Change");
    expect(health.map(({ detail }) => [detail["health"], detail["lastHealthProblem"]])).toEqual([
      ["UNHEALTHY", "answered with status 503"],
      ["HEALTHY", undefined],
    ]);
    world.containers.exitInstance(sick?.id ?? "", { exitCode: 137, isOutOfMemory: true });
    await world.advance(5000);
    const ended = told().find(
      ({ detail }) => detail["instanceId"] === sick?.id && detail["reason"] !== undefined,
    );
    expect(ended).toMatchObject({
      severity: "WARN",
      detail: { reason: "out-of-memory", exitCode: 137, lastHealthProblem: "answered with status 503" },
    });
    expect(Number(ended?.detail["livedMs"])).toBeGreaterThan(60_000);
  });

  it("of a service that is deleted bring its tags, which are gone by then", async () => {
    const world = new World();
    await world.boot();
    const tags = [{ key: "team", value: "shop" }];
    const { service } = await world.commands.create({ name: "web1", configuration: aConfiguration(), tags });
    await world.advance(5000);
    await world.commands.delete(service.id);
    await world.advance(30_000);
    expect(told(world)().at(-1)).toMatchObject({
      detail: { currentServiceStatus: "DELETED" },
      serviceTags: tags,
    });
  });
});
