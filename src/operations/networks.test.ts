/** What a service's network configuration and connections come to at engine and edge. */
import { describe, expect, it } from "vitest";
import type { NetworkConfiguration } from "../domain/service.ts";
import type { Tables } from "../ports/store.ts";
import { MemoryStore } from "./testing/memory-store.ts";
import { aConfiguration, World } from "./testing/world.ts";

const CONNECTOR_ID = "c".repeat(32);
const CONNECTOR = `arn:aws:apprunner:us-east-1:000000000000:vpcconnector/inner/1/${CONNECTOR_ID}`;

async function aWorld(): Promise<World> {
  const connectors = { get: async () => await Promise.resolve({ arn: CONNECTOR, isActive: true }) };
  const vpcConnectors = connectors as unknown as Tables["vpcConnectors"];
  const world = new World(Object.assign(new MemoryStore(), { vpcConnectors }));
  await world.boot();
  return world;
}

const aNetwork = (change: Partial<NetworkConfiguration>) => {
  const configuration = aConfiguration();
  return { ...configuration, network: { ...configuration.network, ...change } };
};

async function create(
  world: World,
  name: string,
  change: Partial<NetworkConfiguration> = {},
  connect?: string,
): Promise<string> {
  const tags = connect === undefined ? [] : [{ key: "slipway:connect", value: connect }];
  const { service } = await world.commands.create({ name, configuration: aNetwork(change), tags });
  await world.advance(5_000);
  return service.id;
}

async function routeOf(world: World, id: string) {
  const state = await world.edge.observe(new AbortController().signal);
  return state === "unknown" ? null : state.routes.get((await world.service(id)).host);
}

async function specOf(world: World, id: string) {
  const { activeReleaseNumber } = await world.service(id);
  const rows = await world.instances(id);
  const row = rows.find(
    ({ releaseNumber, state }) => releaseNumber === activeReleaseNumber && state === "ready",
  );
  return { row, spec: world.containers.specOf(row?.id ?? "") };
}

describe("a service with a VPC connector", () => {
  it("has it at each instance of the release, and keeps it at a rollback to that release", async () => {
    const world = await aWorld();
    const id = await create(world, "web1", { egressType: "VPC", vpcConnectorArn: CONNECTOR });
    expect((await specOf(world, id)).spec.connectorId).toBe(CONNECTOR_ID);
    await world.commands.update(id, () => aNetwork({}));
    await world.advance(60_000);
    expect((await specOf(world, id)).spec).not.toHaveProperty("connectorId");
    await world.commands.rollBack(id, 1);
    await world.advance(60_000);
    expect((await specOf(world, id)).spec.connectorId).toBe(CONNECTOR_ID);
  });
});

describe("a private service", () => {
  it("is nothing to the public from its first answer on, paused too", async () => {
    const world = await aWorld();
    const id = await create(world, "web1", { isPubliclyAccessible: false });
    expect(await routeOf(world, id)).toMatchObject({ kind: "slot", isPrivate: true });
    expect(world.edge.acts.filter((act) => act.startsWith("route"))).not.toEqual([]);
    await world.commands.pause(id);
    await world.advance(60_000);
    expect(await routeOf(world, id)).toEqual({ kind: "refuse", reason: "paused", isPrivate: true });
  });

  it("becomes public when a public release serves, and private again with the next", async () => {
    const world = await aWorld();
    const id = await create(world, "web1", { isPubliclyAccessible: false });
    await world.commands.update(id, () => aNetwork({ isPubliclyAccessible: true }));
    await world.advance(60_000);
    expect(await routeOf(world, id)).not.toHaveProperty("isPrivate");
    await world.commands.update(id, () => aNetwork({ isPubliclyAccessible: false }));
    await world.advance(60_000);
    expect(await routeOf(world, id)).toMatchObject({ isPrivate: true });
  });
});

describe("a service that is connected to others", () => {
  it("has their names, and its address is known before it runs; others' addresses are nobody's", async () => {
    const world = await aWorld();
    const caller = await create(world, "shop", {}, "Billing users,users");
    const other = await create(world, "other");
    const { row, spec } = await specOf(world, caller);
    expect(spec.connectedNames).toEqual(["billing.internal", "users.internal"]);
    expect(world.callers.get(row?.address ?? "")).toBe(caller);
    const stranger = await specOf(world, other);
    expect(stranger.spec.connectedNames).toEqual([]);
    expect(world.callers.get(stranger.row?.address ?? "")).toBeNull();
  });

  it("gives its address up before that is another's", async () => {
    const world = await aWorld();
    const caller = await create(world, "shop", {}, "billing");
    const { row } = await specOf(world, caller);
    await world.commands.delete(caller);
    await world.advance(60_000);
    expect(world.callers.get(row?.address ?? "")).toBeNull();
  });
});
