/** The control plane is killed at every journal entry of every operation, and must come back as if nothing had been. */
import { describe, expect, it } from "vitest";
import type { PossiblyAccepted } from "../ports/service-commands.ts";
import { eventProblems } from "./testing/event-problems.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { REPOSITORY, World, aCodeConfiguration, aConfiguration } from "./testing/world.ts";

interface Case {
  readonly name: string;
  /** Brings the service into the state the operation starts from; null: there is none yet. */
  readonly arrange: (world: World) => Promise<string>;
  readonly act: (world: World, id: string) => Promise<PossiblyAccepted>;
  /** What must hold in the end. */
  readonly status: string;
  readonly instanceCount: number;
}

const aService = async (world: World): Promise<string> => {
  const { service } = await world.commands.create({
    name: "web1",
    configuration: aConfiguration(),
    tags: [],
  });
  await world.advance(5000);
  return service.id;
};

const aPausedService = async (world: World): Promise<string> => {
  const id = await aService(world);
  await world.commands.pause(id);
  await world.advance(5000);
  return id;
};

const createFromSource = (world: World) =>
  world.commands.create({ name: "web1", configuration: aCodeConfiguration(), tags: [] });

const aServiceFromSource = async (world: World): Promise<string> => {
  const { service } = await createFromSource(world);
  await world.advance(5000);
  world.sourceCode.push(REPOSITORY);
  return service.id;
};

const aServiceDeployedTwice = async (world: World): Promise<string> => {
  const id = await aServiceFromSource(world);
  await world.commands.startDeployment(id);
  await world.advance(5000);
  return id;
};

const cases: readonly Case[] = [
  {
    name: "create from source",
    arrange: async () => "",
    act: createFromSource,
    status: "RUNNING",
    instanceCount: 1,
  },
  {
    name: "deploy from source",
    arrange: aServiceFromSource,
    act: (world, id) => world.commands.startDeployment(id),
    status: "RUNNING",
    instanceCount: 1,
  },
  {
    name: "rollback",
    arrange: aServiceDeployedTwice,
    act: (world, id) => world.commands.rollBack(id, null),
    status: "RUNNING",
    instanceCount: 1,
  },
  {
    name: "create",
    arrange: async () => "",
    act: (world) => world.commands.create({ name: "web1", configuration: aConfiguration(), tags: [] }),
    status: "RUNNING",
    instanceCount: 1,
  },
  {
    name: "deploy",
    arrange: aService,
    act: (world, id) => world.commands.startDeployment(id),
    status: "RUNNING",
    instanceCount: 1,
  },
  {
    name: "update",
    arrange: aService,
    act: (world, id) => world.commands.update(id, () => aConfiguration({ environment: { A: "1" } })),
    status: "RUNNING",
    instanceCount: 1,
  },
  {
    name: "pause",
    arrange: aService,
    act: (world, id) => world.commands.pause(id),
    status: "PAUSED",
    instanceCount: 0,
  },
  {
    name: "resume",
    arrange: aPausedService,
    act: (world, id) => world.commands.resume(id),
    status: "RUNNING",
    instanceCount: 1,
  },
  {
    name: "delete",
    arrange: aService,
    act: (world, id) => world.commands.delete(id),
    status: "DELETED",
    instanceCount: 0,
  },
];

/** Runs the operation, killing the control plane at the given journal write; the number of writes it saw. */
async function runOnce({ arrange, act }: Case, killAt: number) {
  const world = new World();
  world.sourceCode.push(REPOSITORY);
  await world.boot();
  const id = await arrange(world);
  let writes = 0;
  const outages: string[] = [];
  const isServing = () => {
    const answer = world.edge.answer(hostOf);
    if (answer.kind !== "instances") outages.push(`write ${writes}: ${JSON.stringify(answer)}`);
  };
  const hostOf = id === "" ? "" : (await world.service(id)).host;
  world.onJournal = () => {
    writes += 1;
    if (hostOf !== "") isServing();
    if (writes === killAt) world.kill();
  };
  const { service, operationId } = await act(world, id);
  await world.settle();
  if (world.isDead) await world.boot();
  await world.advance(30_000);
  return { world, service: await world.service(service.id), operationId, writes, outages };
}

/** Pause, resume and delete turn users away on purpose. */
function mustServe({ name }: Case): boolean {
  return ["deploy", "update", "deploy from source", "rollback"].includes(name);
}

describe.each(cases)("a crash at any journal entry of $name", (operation) => {
  it("ends properly, leaks no container, and the URL does not fail", async () => {
    const undisturbed = await runOnce(operation, 0);
    expect(undisturbed.writes).toBeGreaterThan(5);
    for (let killAt = 1; killAt <= undisturbed.writes; killAt++) {
      const { world, service, operationId, outages } = await runOnce(operation, killAt);
      const ended = await world.operation(service.id, operationId);
      expect({
        killAt,
        errors: world.errors,
        status: service.status,
        operation: ended.status,
        containers: (await world.containers.listInstances(new AbortController().signal)).length,
        instances: (await world.instances(service.id)).length,
        openEntries: await world.store.journal.listStarted(),
        checkouts: world.sourceCode.checkouts.size,
        violations: world.watchman.violations,
        events: eventProblems(world.store as MemoryStore),
        outages: mustServe(operation) ? outages : [],
      }).toEqual({
        killAt,
        errors: [],
        status: operation.status,
        operation: "SUCCEEDED",
        containers: operation.instanceCount,
        instances: operation.instanceCount,
        openEntries: [],
        checkouts: 0,
        violations: [],
        events: [],
        outages: [],
      });
    }
  });

  it("tells its story once, wherever it was killed", async () => {
    const undisturbed = await runOnce(operation, 0);
    const expected = undisturbed.world.events(undisturbed.service.id).length;
    for (let killAt = 1; killAt <= undisturbed.writes; killAt += 3) {
      const { world, service } = await runOnce(operation, killAt);
      expect({ killAt, lines: world.events(service.id).length }).toEqual({ killAt, lines: expected });
    }
  });
});
