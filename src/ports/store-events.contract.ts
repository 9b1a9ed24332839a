/** The part of the store's contract that is about events and their deliveries. */
import { describe, expect, it } from "vitest";
import type { NewEvent } from "../domain/event.ts";
import type { EventDelivery } from "./event-tables.ts";
import type { Store } from "./store.ts";

const DAY_MS = 86_400_000;
const FIRST = { after: null, limit: 100 };

export function anEvent(wish: Partial<NewEvent>): NewEvent {
  return {
    atMs: 1000,
    detailType: "Slipway Machine Warning",
    serviceId: null,
    resources: [],
    severity: "WARN",
    message: "The disk is nearly full.",
    detail: { freeMiB: 12, isFull: false, mount: null },
    ...wish,
  };
}

export function aDelivery(wish: Partial<EventDelivery>): EventDelivery {
  return {
    destinationArn: "arn:a",
    eventSequence: 1,
    state: "pending",
    attemptCount: 0,
    dueAtMs: 0,
    queuedAtMs: 0,
    lastAttemptAtMs: null,
    lastStatus: null,
    lastProblem: null,
    ...wish,
  };
}

export function describeEventTables(openedStore: () => Store): void {
  const told = async (...messages: readonly string[]) => {
    for (const [index, message] of messages.entries()) {
      await openedStore().events.append(anEvent({ message, atMs: 1000 + index }));
    }
  };
  const messages = async (store: Store) =>
    (await store.events.listAfter(0, 100)).map(({ event }) => event.message);

  describe("events", () => {
    it("are read in the order they were told, each with an id of its own", async () => {
      const store = openedStore();
      expect(await store.events.latestSequence()).toBe(0);
      await told("a", "b", "c");
      const all = await store.events.listAfter(0, 100);
      expect(all.map(({ event }) => event)).toMatchObject([
        { message: "a" },
        { message: "b" },
        { message: "c" },
      ]);
      expect(new Set(all.map(({ event }) => event.id)).size).toBe(3);
      const [first, second, third] = all;
      expect(await store.events.latestSequence()).toBe(third?.sequence);
      expect(await store.events.listAfter(first?.sequence ?? 0, 1)).toEqual([second]);
      expect(await store.events.find([third?.event.id ?? "", "none", first?.event.id ?? ""])).toEqual([
        first,
        third,
      ]);
      const { detail, resources } = anEvent({});
      expect(first?.event).toMatchObject({ detail, resources, serviceId: null });
    });

    it("are listed newest first, by time, service, type and severity, in pages", async () => {
      const { events } = openedStore();
      await events.append(anEvent({ message: "late", atMs: 3000, serviceId: "s" }));
      await events.append(anEvent({ message: "early", atMs: 1000, serviceId: "s", severity: "INFO" }));
      await events.append(anEvent({ message: "twin", atMs: 3000, detailType: "Slipway Instance Ended" }));
      const list = async (query: Parameters<typeof events.list>[0]) =>
        (await events.list(query, FIRST)).rows.map(({ event }) => event.message);
      expect(await list({})).toEqual(["twin", "late", "early"]);
      expect(await list({ serviceId: "s" })).toEqual(["late", "early"]);
      expect(await list({ fromMs: 1000, toMs: 3000 })).toEqual(["early"]);
      expect(await list({ fromMs: 1001 })).toEqual(["twin", "late"]);
      expect(await list({ detailTypes: ["Slipway Instance Ended"] })).toEqual(["twin"]);
      expect(await list({ severities: ["INFO", "ERROR"] })).toEqual(["early"]);
      const page = await events.list({}, { after: null, limit: 1 });
      const next = await events.list({}, { after: page.lastKey, limit: 1 });
      const last = await events.list({}, { after: next.lastKey, limit: 1 });
      expect([...page.rows, ...next.rows, ...last.rows].map(({ event }) => event.message)).toEqual([
        "twin",
        "late",
        "early",
      ]);
      expect(last.lastKey).toBeNull();
      await expect(events.list({}, { after: "else", limit: 1 })).rejects.toThrow("NextToken");
    });

    it("with a key are told once in a week", async () => {
      const store = openedStore();
      const { events } = store;
      expect(await events.appendOnce("disk", anEvent({ message: "a", atMs: 0 }))).toBe(true);
      expect(await events.appendOnce("disk", anEvent({ message: "b", atMs: 6 * DAY_MS }))).toBe(false);
      expect(await events.appendOnce("other", anEvent({ message: "c", atMs: 6 * DAY_MS }))).toBe(true);
      expect(await events.appendOnce("disk", anEvent({ message: "d", atMs: 8 * DAY_MS }))).toBe(true);
      expect(await messages(store)).toEqual(["a", "c", "d"]);
    });

    it("of a transaction that fails are not told", async () => {
      const store = openedStore();
      const failing = store.transaction(async (tx) => {
        await tx.events.append(anEvent({}));
        throw new Error("no");
      });
      await expect(failing).rejects.toThrow("no");
      expect(await messages(store)).toEqual([]);
    });

    it("are forgotten when they are old, or too many of a service or of all", async () => {
      const store = openedStore();
      const { events } = store;
      for (const [message, serviceId, atMs] of [
        ["old", null, 10],
        ["a1", "a", 100],
        ["n1", null, 100],
        ["a2", "a", 101],
        ["a3", "a", 102],
        ["b1", "b", 100],
        ["n2", null, 103],
      ] as const) {
        await events.append(anEvent({ message, serviceId, atMs }));
      }
      const eventSequence = (await events.listAfter(0, 1))[0]?.sequence ?? 0;
      await store.eventDeliveries.save(aDelivery({ eventSequence }));
      await events.prune({ beforeMs: 100, keepPerService: 2, keep: 100 });
      expect(await messages(store)).toEqual(["n1", "a2", "a3", "b1", "n2"]);
      expect(await store.eventDeliveries.nextDueAtMs("arn:a")).toBeNull();
      await events.prune({ beforeMs: 100, keepPerService: 1, keep: 2 });
      expect(await messages(store)).toEqual(["a3", "n2"]);
    });
  });

  describe("deliveries of events", () => {
    const sequences = async (): Promise<readonly number[]> => {
      await told("a", "b", "c");
      return (await openedStore().events.listAfter(0, 100)).map(({ sequence }) => sequence);
    };

    it("are due in the order of events, each at its time", async () => {
      const { eventDeliveries: table } = openedStore();
      const [a = 0, b = 0, c = 0] = await sequences();
      expect(await table.nextDueAtMs("arn:a")).toBeNull();
      await table.save(aDelivery({ eventSequence: c, dueAtMs: 5 }));
      await table.save(aDelivery({ eventSequence: b, dueAtMs: 7 }));
      await table.save(aDelivery({ eventSequence: a, state: "delivered" }));
      await table.save(aDelivery({ eventSequence: a, destinationArn: "arn:b" }));
      expect(await table.nextDueAtMs("arn:a")).toBe(5);
      expect(await table.countPending("arn:a")).toBe(2);
      expect(await table.countPending("arn:none")).toBe(0);
      expect(await table.findDue("arn:a", 4)).toBeNull();
      expect(await table.findDue("arn:a", 6)).toMatchObject({ event: { message: "c" } });
      expect(await table.findDue("arn:a", 7)).toMatchObject({ event: { message: "b" } });
      const dead = aDelivery({ eventSequence: b, state: "dead", lastStatus: 500, attemptCount: 3 });
      await table.save(dead);
      expect(await table.findDue("arn:a", 7)).toMatchObject({ event: { message: "c" } });
      const { rows } = await table.list("arn:a", "dead", FIRST);
      expect(rows).toMatchObject([{ delivery: dead, event: { message: "b" } }]);
    });

    it("may all be tried at once, or be given up", async () => {
      const { eventDeliveries: table } = openedStore();
      const [a = 0, b = 0, c = 0] = await sequences();
      await table.save(aDelivery({ eventSequence: a, dueAtMs: 50 }));
      await table.save(aDelivery({ eventSequence: b, dueAtMs: 5 }));
      await table.save(aDelivery({ eventSequence: c, dueAtMs: 50, state: "delivered" }));
      await table.save(aDelivery({ eventSequence: a, dueAtMs: 50, destinationArn: "arn:b" }));
      await table.makeDue("arn:a", 10);
      expect(await table.findDue("arn:a", 10)).toMatchObject({
        delivery: { eventSequence: a, dueAtMs: 10 },
        event: { message: "a" },
      });
      expect(await table.nextDueAtMs("arn:b")).toBe(50);
      await table.giveUp("arn:a", 9);
      const stateOf = async (state: "pending" | "delivered" | "dead") =>
        (await table.list("arn:a", state, FIRST)).rows.map(({ delivery, event }) => [
          event.message,
          delivery.state,
        ]);
      expect(await stateOf("pending")).toEqual([["a", "pending"]]);
      expect(await stateOf("dead")).toEqual([["b", "dead"]]);
      expect(await stateOf("delivered")).toEqual([["c", "delivered"]]);
    });

    it("are listed newest first in pages, and pruned down to the newest", async () => {
      const { eventDeliveries: table } = openedStore();
      const all = await sequences();
      for (const eventSequence of all) await table.save(aDelivery({ eventSequence, state: "delivered" }));
      const first = await table.list("arn:a", "delivered", { after: null, limit: 2 });
      const rest = await table.list("arn:a", "delivered", { after: first.lastKey, limit: 2 });
      expect([...first.rows, ...rest.rows].map(({ event }) => event.message)).toEqual(["c", "b", "a"]);
      await table.prune("arn:a", "dead", 1);
      await table.prune("arn:a", "delivered", 2);
      const left = await table.list("arn:a", "delivered", FIRST);
      expect(left.rows.map(({ event }) => event.message)).toEqual(["c", "b"]);
      await table.removeAll("arn:a");
      expect((await table.list("arn:a", "delivered", FIRST)).rows).toEqual([]);
    });
  });
}
