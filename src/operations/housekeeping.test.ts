import { describe, expect, it, vi } from "vitest";
import type { Ports } from "./executor.ts";
import { tidy } from "./housekeeping.ts";
import { ImageCollection } from "./image-collection.ts";
import { World, aConfiguration } from "./testing/world.ts";

const create = (world: World) =>
  world.commands.create({
    name: "web1",
    configuration: aConfiguration({ imageIdentifier: "registry.test/web:1" }),
    tags: [],
  });

function collections(world: World): number {
  return world.containers.calls.filter((call) => call === "collectImages").length;
}

describe("housekeeping", () => {
  it("forgets old rows though the engine is away", async () => {
    const pruned: string[] = [];
    const ports = {
      clock: { now: () => 0 },
      store: {
        journal: { prune: async () => void pruned.push("journal") },
        instances: { prune: async () => void pruned.push("instances") },
        usage: { prune: async () => void pruned.push("usage") },
        events: { prune: async () => void pruned.push("events") },
        operations: { listAllOpen: async () => [] },
        releases: { listRetained: async () => [] },
      },
      sourceCode: { discardAllBut: async () => void pruned.push("checkouts") },
      engine: { collectImages: () => Promise.reject(new Error("away")) },
    } as unknown as Ports;
    const tidying = tidy(ports, new ImageCollection(), new AbortController().signal);
    await expect(tidying).rejects.toThrow("away");
    expect(pruned).toEqual(["journal", "instances", "usage", "events", "checkouts"]);
  });

  it("comes a few minutes after the start, then each hour", async () => {
    const world = new World();
    await world.boot();
    await world.advance(200_000);
    expect(collections(world)).toBe(1);
    await world.advance(3_500_000);
    expect(collections(world)).toBe(1);
    await world.advance(100_000);
    expect(collections(world)).toBe(2);
  });
});

describe("the collection of images", () => {
  it("gives way to a deployment that has not recorded its release yet, and comes again soon", async () => {
    const world = new World();
    world.containers.addRegistryImage("registry.test/web:1");
    await world.boot();
    await world.advance(175_000);
    const pullImage = world.containers.pullImage.bind(world.containers);
    vi.spyOn(world.containers, "pullImage").mockImplementationOnce(async (request, signal) => {
      await world.clock.sleep(60_000, signal);
      return pullImage(request, signal);
    });
    const { service } = await create(world);
    await world.advance(59_000);
    expect(collections(world)).toBe(0);
    await world.advance(150_000);
    expect(collections(world)).toBe(1);
    expect(await world.service(service.id)).toMatchObject({ status: "RUNNING" });
  });

  it("is waited for by a deployment that begins meanwhile", async () => {
    const world = new World();
    world.containers.addRegistryImage("registry.test/web:1");
    vi.spyOn(world.containers, "collectImages").mockImplementationOnce(async (_keep, signal) => {
      await world.clock.sleep(20_000, signal);
      return { removed: 0 };
    });
    await world.boot();
    await world.advance(185_000);
    const { service } = await create(world);
    await world.advance(10_000);
    expect(world.containers.calls.filter((call) => /^(find|pull|protect)Image/.test(call))).toEqual([]);
    await world.advance(10_000);
    expect(await world.service(service.id)).toMatchObject({ status: "RUNNING" });
  });
});
