import { describe, expect, it } from "vitest";
import { World, aConfiguration } from "./testing/world.ts";

async function runningService(world: World): Promise<{ readonly id: string; readonly operationId: string }> {
  await world.boot();
  const configuration = aConfiguration();
  const { service, operationId } = await world.commands.create({ name: "web1", configuration, tags: [] });
  await world.settle();
  return { id: service.id, operationId };
}

async function deployed(world: World, id: string): Promise<string> {
  const { operationId } = await world.commands.update(id, () =>
    aConfiguration({ environment: { NEW: "1" } }),
  );
  await world.advance(1000);
  expect(await world.operation(id, operationId ?? "")).toMatchObject({ status: "SUCCEEDED" });
  await untilReady(world, id);
  return operationId ?? "";
}

/** The one instance of the active release, once it serves. */
async function untilReady(world: World, id: string): Promise<string> {
  for (let waited = 0; waited < 1000; waited += 1) {
    const ready = (await world.instances(id)).find((row) => row.state === "ready");
    if (ready !== undefined) return ready.id;
    await world.advance(100);
  }
  throw new Error("no instance became ready");
}

async function crash(world: World, id: string, exitCode = 3): Promise<void> {
  world.containers.exitInstance(await untilReady(world, id), { exitCode });
  await world.settle();
}

const crashLines = (lines: readonly string[]) => lines.filter((line) => line.includes("does not stay up"));

describe("a release that does not stay up", () => {
  it("is told of with the reason and the way back, in the events and in the log of its deployment", async () => {
    const world = new World();
    const { id } = await runningService(world);
    const operationId = await deployed(world, id);
    await crash(world, id);
    expect(crashLines(world.events(id))).toEqual([]);
    await crash(world, id);
    const line =
      "[AppRunner] Release 2 does not stay up: 2 instances in a row ended by themselves, the last one for this reason: exited with code 3. Their output says more: slipway logs web1. Back to release 1: slipway rollback web1.";
    expect(crashLines(world.events(id))).toEqual([line]);
    expect(crashLines(world.details(id, operationId))).toEqual([line]);
  });

  it("is told of with the second, fourth and eighth end, not with each", async () => {
    const world = new World();
    const { id } = await runningService(world);
    await deployed(world, id);
    for (let round = 0; round < 9; round += 1) await crash(world, id);
    const counts = crashLines(world.events(id)).map((line) => /(\d+) instances/.exec(line)?.[1]);
    expect(counts).toEqual(["2", "4", "8"]);
  });

  it("names no way back where there is none", async () => {
    const world = new World();
    const { id, operationId } = await runningService(world);
    for (let round = 0; round < 2; round += 1) await crash(world, id);
    expect(crashLines(world.details(id, operationId))).toHaveLength(1);
    expect(world.events(id).join("\n")).not.toContain("slipway rollback");
  });

  it("is not blamed on its deployment after it ran well for a minute", async () => {
    const world = new World();
    const { id } = await runningService(world);
    const operationId = await deployed(world, id);
    await world.advance(61_000);
    for (let round = 0; round < 3; round += 1) await crash(world, id);
    expect(crashLines(world.events(id))).toHaveLength(1);
    expect(crashLines(world.details(id, operationId))).toEqual([]);
    expect(world.events(id).join("\n")).not.toContain("slipway rollback");
  });
});
