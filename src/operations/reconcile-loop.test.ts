import { describe, expect, it, vi } from "vitest";
import { defaultDeadlines } from "./deadlines.ts";
import { fixedScaling } from "../ports/scaling.ts";
import { EdgeWatch } from "./edge-watch.ts";
import { EngineWatch } from "./engine-watch.ts";
import { HealthMonitor } from "./health-monitor.ts";
import { ImageCollection } from "./image-collection.ts";
import { ReconcileLoop } from "./reconcile-loop.ts";
import { SerialQueue } from "./serial-queue.ts";
import type { WorkerDeps } from "./service-worker.ts";
import { Story } from "./story.ts";
import { World, aConfiguration } from "./testing/world.ts";

/** A loop of its own over the world; nothing it is asked for here needs the adapters that are left out. */
function loopOver({ store, containers, edge, clock, log, errors }: World): ReconcileLoop {
  const noEvents = {
    onExit: () => undefined,
    onFirstList: async () => undefined,
    onGap: async () => undefined,
    onError: (error: unknown) => void errors.push(error),
  };
  const deps = {
    ports: { store, engine: containers, edge, log, clock },
    store,
    engineWatch: new EngineWatch(containers, clock, noEvents),
    edgeWatch: new EdgeWatch(edge),
    health: new HealthMonitor(edge, clock, () => undefined),
    scaling: fixedScaling,
    deadlines: defaultDeadlines,
    startsAtOnce: 2,
    queue: new SerialQueue(),
    story: new Story(log),
    collection: new ImageCollection(),
    onJournal: undefined,
    onError: (error: unknown) => void errors.push(error),
    signal: new AbortController().signal,
  };
  return new ReconcileLoop(deps as unknown as WorkerDeps);
}

describe("the reconcile loop", () => {
  it("remembers nothing of a service that is deleted", async () => {
    const world = new World();
    await world.boot();
    const request = { configuration: aConfiguration(), tags: [] };
    const { service: gone } = await world.commands.create({ ...request, name: "gone" });
    const { service: here } = await world.commands.create({ ...request, name: "here" });
    await world.advance(1000);
    await world.commands.delete(gone.id);
    await world.advance(20_000);
    expect(await world.service(gone.id)).toMatchObject({ status: "DELETED" });
    world.kill();

    const loop = loopOver(world);
    loop.open();
    for (const { id } of [gone, here]) {
      loop.wake(id);
      await loop.quiet(id);
    }
    expect(loop.workerCount).toBe(1);
    expect(world.errors).toEqual([]);
  });

  it("compares 1,000 services at zero by one list and one look, and wakes only the one that is routed wrong", async () => {
    const { signal } = new AbortController();
    const world = new World();
    await world.boot();
    const request = { configuration: aConfiguration(), tags: [], name: "web" };
    const { service: created } = await world.commands.create(request);
    await world.advance(1000);
    const service = await world.service(created.id);
    world.kill();
    await world.edge.prepare({ minimumSlots: 2100 }, signal);
    for (let number = 0; number < 1000; number++) {
      const [id, host, slot] = [`zero-${number}`, `zero-${number}.test`, 100 + 2 * number];
      const slots = { active: "blue", blue: slot, green: slot + 1 } as const;
      await world.store.services.save({ ...service, id, host, name: id, slots });
      await world.edge.setRoute(host, { kind: "slot", slot, queueLimit: 10, gate: "closed" }, signal);
    }
    const looks = [
      vi.spyOn(world.edge, "observe"),
      vi.spyOn(world.edge, "observeSlots"),
      vi.spyOn(world.containers, "listInstances"),
      vi.spyOn(world.store.services, "get"),
      vi.spyOn(world.store.instances, "get"),
    ];
    const loop = loopOver(world);
    loop.open();
    await loop.compareAll(signal);
    expect(loop.workerCount).toBe(0);
    expect(looks.map(({ mock }) => mock.calls.length)).toEqual([1, 0, 1, 0, 0]);

    await world.edge.removeRoute("zero-7.test", signal);
    await loop.compareAll(signal);
    expect(loop.workerCount).toBe(1);
    await loop.quiet("zero-7");
    expect(world.errors).toEqual([]);
  });
});
