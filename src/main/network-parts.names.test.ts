/** Internal names and connections at the edge: what leads where, over changes and restarts, and what is read for it. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { waitFor } from "../../test/support/wait-for.ts";
import type { VpcIngressConnection } from "../domain/configuration.ts";
import type { CustomDomain } from "../domain/custom-domain.ts";
import type { Service } from "../domain/service.ts";
import type { InternalWish } from "../ports/edge-internal.ts";
import { aService } from "../ports/store.contract.ts";
import type { Store } from "../ports/store.ts";
import { ChangeBoard } from "../store/change-board.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { tellingStore } from "../store/telling-store.ts";
import { NetworkParts } from "./network-parts.ts";

const signal = new AbortController().signal;

/** An edge that keeps what it was given, and control planes on one database. */
class Plane {
  readonly changes = new ChangeBoard();
  readonly store: Store;
  /** Of the store, by NetworkParts: `table.method`, and rows that came back. */
  readonly reads: { readonly name: string; readonly rows: number }[] = [];
  wishes: InternalWish[] = [];
  warnings = 0;
  isEdgeAway = false;
  parts: NetworkParts;

  constructor(opened: Store) {
    this.store = tellingStore(opened, (change) => this.changes.tell(change));
    this.parts = this.start();
  }

  start(): NetworkParts {
    this.parts = new NetworkParts({
      settings: { ingressHost: "127.0.0.1", ingressPort: 7080, ingressHttpsPort: 7443, internalPort: 7081 },
      store: this.#counting(),
      changes: this.changes,
      engine: {
        expectInternal: () => undefined,
        openInternal: () => Promise.resolve(),
        applyEgress: () => Promise.resolve(),
        bridgeAddress: () => Promise.resolve("172.18.0.1"),
        missingNetworks: () => Promise.resolve([]),
      },
      edge: () => ({
        setInternal: async (wish) => {
          await Promise.resolve();
          if (this.isEdgeAway) throw new Error("away");
          this.wishes.push(wish);
        },
        internalListeners: () => [],
      }),
      logger: { warn: () => void this.warnings++ },
      end: signal,
    });
    return this.parts;
  }

  get wish(): InternalWish {
    return this.wishes.at(-1) ?? { names: new Map(), connections: [] };
  }

  calls(caller: Service, called: Service): boolean {
    return this.wish.connections.some(({ callerId, host }) => callerId === caller.id && host === called.host);
  }

  leadsTo(name: string): string | undefined {
    return this.wish.names.get(name)?.host;
  }

  async add(name: string, change: Partial<Service> = {}): Promise<Service> {
    const id = (this.#count++).toString(16).padStart(32, "0");
    const arn = `arn:aws:apprunner:us-east-1:000000000000:service/${name}/${id}`;
    const service = aService({ id, arn, name, host: `${name}-${id.slice(-4)}.test`, ...change });
    await this.store.services.save(service);
    return service;
  }
  #count = 1;

  connect({ arn }: Service, value: string): Promise<void> {
    return this.store.tags.put(arn, [{ key: "slipway:connect", value }]);
  }

  /** What is read until what changed last has come to rest. */
  async readsOf(change: () => Promise<void>): Promise<typeof this.reads> {
    this.reads.length = 0;
    await change();
    await waitFor(() => this.reads.length > 0, { everyMs: 1, what: "a look at what changed" });
    await this.parts.afterEdge(signal);
    return this.reads.filter(({ name }) => !name.startsWith("settings."));
  }

  #counting(): Store {
    const tables = Object.entries(this.store).map(([table, methods]) => [
      table,
      typeof methods === "function" ? methods : this.#countingTable(table, methods as object),
    ]);
    return Object.fromEntries(tables) as Store;
  }

  #countingTable(table: string, methods: object): object {
    const counting = Object.entries(methods).map(([name, method]) => [
      name,
      async (...given: unknown[]) => {
        const answer: unknown = await (method as (...given: unknown[]) => Promise<unknown>)(...given);
        this.reads.push({ name: `${table}.${name}`, rows: rowsOf(answer) });
        return answer;
      },
    ]);
    return Object.fromEntries(counting) as object;
  }
}

function rowsOf(answer: unknown): number {
  if (answer instanceof Map) return answer.size;
  const rows = (answer as { readonly rows?: readonly unknown[] } | null)?.rows ?? answer;
  return Array.isArray(rows) ? rows.length : 1;
}

let opened: Store;
let plane: Plane;

beforeEach(async () => {
  opened = await openSqliteStore({ path: ":memory:" });
  plane = new Plane(opened);
});
afterEach(() => opened.close());

it("a service may call those that its tag names, by whatever case, and nobody else; until the tag goes", async () => {
  const [shop, billing, users] = [
    await plane.add("shop"),
    await plane.add("billing"),
    await plane.add("users"),
  ];
  await plane.connect(shop, "Billing nobody");
  await plane.parts.afterEdge(signal);
  expect([...plane.wish.names.keys()].toSorted()).toEqual([
    "billing.internal",
    "shop.internal",
    "users.internal",
  ]);
  expect(plane.wish.connections).toEqual([{ callerId: shop.id, host: billing.host }]);
  await plane.connect(shop, "users");
  await waitFor(() => plane.calls(shop, users), { what: "the new connection" });
  expect(plane.calls(shop, billing)).toBe(false);
  await plane.store.tags.remove(shop.arn, ["slipway:connect"]);
  await waitFor(() => plane.wish.connections.length === 0, { what: "the end of the connection" });
});

it("a name leads to a service from when it is made until it is deleted, also for those who named it before", async () => {
  const shop = await plane.add("shop");
  await plane.connect(shop, "billing");
  await plane.parts.afterEdge(signal);
  const billing = await plane.add("billing");
  await waitFor(() => plane.calls(shop, billing), { what: "the connection to the new service" });
  await plane.store.services.save({ ...billing, status: "DELETED", deletedAtMs: 2 });
  await waitFor(() => plane.leadsTo("billing.internal") === undefined, { what: "the end of the name" });
  expect(plane.wish.connections).toEqual([]);
});

it("of two names that differ in case alone the older service has it, over changes and a restart", async () => {
  const old = await plane.add("Shop", { createdAtMs: 1 });
  await plane.parts.afterEdge(signal);
  const young = await plane.add("shop", { createdAtMs: 2 });
  await plane.connect(young, "shop");
  await waitFor(() => plane.calls(young, old), { what: "the younger one's connection" });
  expect(plane.leadsTo("shop.internal")).toBe(old.host);
  const before = plane.wish;
  await plane.start().afterEdge(signal);
  expect(plane.wish).toEqual(before);
  await plane.store.services.save({ ...old, status: "DELETED", deletedAtMs: 2 });
  await waitFor(() => plane.leadsTo("shop.internal") === young.host, { what: "the younger one's turn" });
});

it("an ingress connection publishes its service under its own name and its active custom domains", async () => {
  const billing = await plane.add("billing");
  await plane.store.customDomains.save(aDomain("billing.example.com", billing));
  await plane.parts.afterEdge(signal);
  expect(plane.leadsTo("billing.example.com")).toBeUndefined();
  const door = aConnection(billing);
  await plane.store.vpcIngressConnections.save(door);
  plane.parts.ingressChanged();
  await waitFor(() => plane.leadsTo(door.domainName) === billing.host, { what: "the door" });
  expect(plane.wish.names.get("billing.example.com")).toEqual({ host: billing.host, isIngress: true });
  await plane.store.customDomains.save(aDomain("*.wild.example.com", billing));
  await plane.store.customDomains.save(aDomain("next.example.com", billing));
  await waitFor(() => plane.leadsTo("next.example.com") === billing.host, { what: "the next domain" });
  expect(plane.leadsTo("*.wild.example.com")).toBeUndefined();
  await plane.store.customDomains.remove("next.example.com");
  await waitFor(() => plane.leadsTo("next.example.com") === undefined, { what: "the domain's end" });
  await plane.store.vpcIngressConnections.save({ ...door, status: "PENDING_DELETION" });
  plane.parts.ingressChanged();
  await waitFor(() => plane.leadsTo(door.domainName) === undefined, { what: "the door's end" });
  expect([...plane.wish.names.keys()]).toEqual(["billing.internal"]);
});

it("a change that the edge did not take is made good at the edge's next look", async () => {
  const [shop, billing] = [await plane.add("shop"), await plane.add("billing")];
  await plane.parts.afterEdge(signal);
  plane.isEdgeAway = true;
  await plane.connect(shop, "billing");
  await waitFor(() => plane.warnings === 1, { what: "the refusal" });
  plane.isEdgeAway = false;
  await plane.parts.afterEdge(signal);
  expect(plane.calls(shop, billing)).toBe(true);
});

it.each([3, 450])("a change reads one service and its tags, with %j services as well", async (count) => {
  const services: Service[] = [];
  for (let index = 0; index < count; index++) services.push(await plane.add(`service${index}`));
  const shop = services[0] as Service;
  await plane.parts.afterEdge(signal);
  const wishCount = plane.wishes.length;
  const one = [
    { name: "services.listByIds", rows: 1 },
    { name: "tags.listOf", rows: 1 },
  ];
  const tag = () => plane.store.tags.put(shop.arn, [{ key: "team", value: "a" }]);
  expect(await plane.readsOf(tag)).toEqual(one);
  // And the edge is not asked to look at all names where none has changed.
  expect(plane.wishes).toHaveLength(wishCount);
  expect(await plane.readsOf(() => plane.connect(shop, "service1"))).toEqual(one);
  expect(plane.calls(shop, services[1] as Service)).toBe(true);
});

it("a look at the edge reads nothing where nothing has changed, with published services too", async () => {
  const billing = await plane.add("billing");
  await plane.store.vpcIngressConnections.save(aConnection(billing));
  await plane.parts.afterEdge(signal);
  plane.reads.length = 0;
  await plane.parts.afterEdge(signal);
  expect(plane.reads).toEqual([]);
});

function aDomain(name: string, { id }: Service): CustomDomain {
  return {
    serviceId: id,
    name,
    enableWwwSubdomain: false,
    status: "active",
    challengeLabels: {},
    problem: null,
    records: [],
    checkedAtMs: null,
    createdAtMs: 1,
    updatedAtMs: 1,
  };
}

function aConnection({ arn }: Service): VpcIngressConnection {
  return {
    arn: `arn:aws:apprunner:us-east-1:000000000000:vpcingressconnection/door/${"d".repeat(32)}`,
    name: "door",
    serviceArn: arn,
    status: "PENDING_CREATION",
    domainName: "door.us-east-1.slipway.localhost",
    vpcId: "",
    vpcEndpointId: "",
    createdAtMs: 1,
    deletedAtMs: null,
  };
}
