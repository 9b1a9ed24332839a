/** Delivery over a real store and scripted endpoints; time is moved by hand. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EventDestination } from "../../domain/event-destination.ts";
import { aService } from "../../ports/store.contract.ts";
import { anEvent } from "../../ports/store-events.contract.ts";
import type { SendOutcome } from "../../ports/event-sending.ts";
import type { Store } from "../../ports/store.ts";
import { openSqliteStore } from "../../store/sqlite-store.ts";
import type { SentEvent } from "./event-envelope.ts";
import { EventDispatcher } from "./event-dispatcher.ts";
import { DELIVERY_MS } from "./retry-schedule.ts";

const TAKEN: SendOutcome = { status: 204, problem: null, retryAfterMs: null };
const refusal = (status: number, retryAfterMs: number | null = null): SendOutcome => ({
  status,
  problem: `answered with status ${status}`,
  retryAfterMs,
});

type Script = (event: SentEvent, signal: AbortSignal) => SendOutcome | Promise<SendOutcome>;

/** A dispatcher that can be killed and started again over the same store. */
class World {
  readonly store: Store;
  nowMs = 1000;
  readonly sent: [destination: string, message: string][] = [];
  readonly errors: unknown[] = [];
  readonly scripts = new Map<string, Script>();
  readonly #sleepers = new Set<{ atMs: number; wake(): void }>();
  #end = new AbortController();
  #running: Promise<void> = Promise.resolve();
  dispatcher: EventDispatcher;

  constructor(store: Store) {
    this.store = store;
    this.dispatcher = this.#build();
  }

  #build(): EventDispatcher {
    return new EventDispatcher({
      store: this.store,
      sender: {
        send: async ({ name }, event, signal) => {
          this.sent.push([name, event.message]);
          return (this.scripts.get(name) ?? (() => TAKEN))(event, signal);
        },
      },
      clock: { now: () => this.nowMs, sleep: (durationMs, signal) => this.#sleep(durationMs, signal) },
      ids: { hex32: () => "0123456789abcdef".repeat(2) },
      random: () => 1,
      arePrivateTargetsAllowed: true,
      onError: (error) => this.errors.push(error),
    });
  }

  async #sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { atMs: this.nowMs + durationMs, wake: resolve };
    this.#sleepers.add(sleeper);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    await promise.finally(() => this.#sleepers.delete(sleeper));
  }

  start(): void {
    this.#end = new AbortController();
    this.dispatcher = this.#build();
    this.#running = this.dispatcher.run(this.#end.signal);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => void setImmediate(resolve));
  }

  async advance(durationMs: number, stepMs = 500): Promise<void> {
    const untilMs = this.nowMs + durationMs;
    await this.settle();
    while (this.nowMs < untilMs) {
      this.nowMs = Math.min(untilMs, this.nowMs + stepMs);
      for (const sleeper of this.#sleepers) if (sleeper.atMs <= this.nowMs) sleeper.wake();
      await this.settle();
    }
  }

  /** Sleepers do not notice: they sleep by another clock. */
  setBack(durationMs: number): void {
    this.nowMs -= durationMs;
    for (const sleeper of this.#sleepers) sleeper.atMs -= durationMs;
  }

  async destination(name: string, wish: Partial<EventDestination> = {}): Promise<EventDestination> {
    const row: EventDestination = {
      arn: `arn:${name}`,
      name,
      format: "eventbridge",
      filter: { detailTypes: [], serviceNames: [], tag: null, minimumSeverity: "INFO" },
      status: "ENABLED",
      problem: null,
      shownUrl: "https://example.com/",
      previousSecretUntilMs: null,
      sinceSequence: await this.store.events.latestSequence(),
      createdAtMs: this.nowMs,
      updatedAtMs: this.nowMs,
      ...wish,
    };
    await this.store.eventDestinations.save(row);
    this.dispatcher.reconsider(row.arn);
    return row;
  }

  async tell(...messages: readonly string[]): Promise<void> {
    for (const message of messages) await this.store.events.append(anEvent({ message, atMs: this.nowMs }));
  }

  sentTo(name: string): readonly string[] {
    return this.sent.flatMap(([destination, message]) => (destination === name ? [message] : []));
  }

  async listed(name: string, state: "pending" | "delivered" | "dead") {
    const { rows } = await this.store.eventDeliveries.list(`arn:${name}`, state, { after: null, limit: 100 });
    return rows.map(({ event }) => event.message);
  }
}

let store: Store;
let world: World;

beforeEach(async () => {
  store = await openSqliteStore({ path: ":memory:" });
  world = new World(store);
  world.start();
});
afterEach(async () => {
  await world.stop();
  await store.close();
});

describe("events", () => {
  it("are sent in order, each once, to every destination, from its creation on", async () => {
    await world.tell("before");
    await world.advance(500);
    await world.destination("a");
    await world.tell("one", "two");
    await world.advance(500);
    await world.destination("b");
    await world.tell("three");
    await world.advance(500);
    expect(world.sentTo("a")).toEqual(["one", "two", "three"]);
    expect(world.sentTo("b")).toEqual(["three"]);
    expect(await world.listed("a", "delivered")).toEqual(["three", "two", "one"]);
    expect(world.errors).toEqual([]);
  });

  it("leave known since when their destination fails, and why, until one arrives", async () => {
    const failure = async () => (await store.eventDestinations.get("arn:a"))?.failure;
    await world.destination("a");
    await world.tell("one");
    await world.advance(500);
    expect(await failure()).toBeUndefined();
    const answers = ["refused", "hangs"];
    world.scripts.set("a", () => ({ status: null, problem: answers.shift() ?? "hangs", retryAfterMs: null }));
    await world.tell("two");
    await world.advance(500);
    const first = await failure();
    expect(first).toMatchObject({ problem: "refused" });
    await world.advance(10_000);
    expect(await failure()).toEqual({ ...first, problem: "hangs" });
    world.scripts.delete("a");
    const present = await store.eventDestinations.get("arn:a");
    if (present !== null) await world.dispatcher.ping(present);
    expect(await failure()).toBeUndefined();
  });

  it("that an address before refused for good go to the one of now, which is neither disabled nor failing", async () => {
    const before = await world.destination("a");
    const answered = Promise.withResolvers<SendOutcome>();
    world.scripts.set("a", () => answered.promise);
    await world.tell("one");
    await world.advance(500);
    const trial = world.dispatcher.ping(before);
    await world.destination("a", {
      sinceSequence: before.sinceSequence,
      updatedAtMs: before.updatedAtMs + 1,
    });
    world.scripts.delete("a");
    const updated = await store.eventDestinations.get("arn:a");
    answered.resolve(refusal(410));
    await trial;
    expect(await store.eventDestinations.get("arn:a")).toEqual(updated);
    await world.advance(500);
    expect(await world.listed("a", "delivered")).toEqual(["one"]);
    expect(await store.eventDestinations.get("arn:a")).toEqual(updated);
  });

  it("say nothing of a destination whose trial was given up by the end of the process", async () => {
    const present = await world.destination("a");
    const asked = Promise.withResolvers<void>();
    world.scripts.set("a", (_event, signal) => {
      asked.resolve();
      return new Promise((resolve) => {
        signal.addEventListener("abort", () =>
          resolve({ status: null, problem: "given up", retryAfterMs: null }),
        );
      });
    });
    const trial = world.dispatcher.ping(present);
    await asked.promise;
    await world.stop();
    expect(await trial).toMatchObject({ problem: "given up" });
    expect((await store.eventDestinations.get("arn:a"))?.failure).toBeUndefined();
  });

  it("go where filters say, and where an alarm sends them", async () => {
    const none = { detailTypes: [], serviceNames: [], tag: null, minimumSeverity: "INFO" } as const;
    await world.destination("bad", { filter: { ...none, minimumSeverity: "ERROR" } });
    await world.destination("ends", { filter: { ...none, detailTypes: ["Slipway Instance Ended"] } });
    await world.destination("shops", { filter: { ...none, serviceNames: ["shop-*"] } });
    await world.tell("warning");
    await store.events.append(anEvent({ message: "ended", detailType: "Slipway Instance Ended" }));
    await store.events.append(anEvent({ message: "alarm", severity: "INFO", destinationArns: ["arn:bad"] }));
    await world.advance(500);
    expect(world.sentTo("bad")).toEqual(["alarm"]);
    expect(world.sentTo("ends")).toEqual(["ended"]);
    expect(world.sentTo("shops")).toEqual([]);
  });

  it("wait in order while an endpoint is away, which is asked less and less often", async () => {
    await world.destination("a");
    world.scripts.set("a", () => refusal(500));
    await world.tell("one", "two", "three");
    await world.advance(60_000);
    expect(new Set(world.sentTo("a"))).toEqual(new Set(["one"]));
    expect(world.sentTo("a").length).toBeLessThan(8);
    world.scripts.delete("a");
    await world.advance(120_000);
    expect(world.sentTo("a").slice(-3)).toEqual(["one", "two", "three"]);
    expect(await world.listed("a", "pending")).toEqual([]);
  });

  it.each(["restart", "reconsider"] as const)(
    "keep their order over a %s while an endpoint is away",
    async (what) => {
      await world.destination("a");
      world.scripts.set("a", () => refusal(500));
      await world.tell("one", "two");
      await world.advance(60_000);
      world.scripts.delete("a");
      const before = world.sent.length;
      if (what === "reconsider") world.dispatcher.reconsider("arn:a");
      else {
        await world.stop();
        world.start();
      }
      await world.advance(500);
      expect(world.sentTo("a").slice(before)).toEqual(["one", "two"]);
    },
  );

  it("do not overtake one that fails while they come", async () => {
    await world.destination("a");
    const answers: ((outcome: SendOutcome) => void)[] = [];
    world.scripts.set("a", () => new Promise((resolve) => void answers.push(resolve)));
    await world.tell("one");
    await world.advance(500);
    await world.tell("two");
    await world.advance(500);
    world.scripts.delete("a");
    answers[0]?.(refusal(500));
    await world.advance(10_000);
    expect(world.sentTo("a")).toEqual(["one", "one", "two"]);
  });

  it("are not held back by a clock that is set back", async () => {
    await world.destination("a");
    world.scripts.set("a", () => refusal(500));
    world.nowMs = 10_000_000;
    await world.tell("one");
    await world.advance(60_000);
    world.scripts.delete("a");
    world.setBack(7_200_000);
    await world.advance(1000);
    expect(await world.listed("a", "delivered")).toEqual(["one"]);
  });

  it("do not wait long for one that alone is refused", async () => {
    await world.destination("a");
    world.scripts.set("a", ({ message }) => (message === "poison" ? refusal(400) : TAKEN));
    await world.tell("poison", "fine");
    await world.advance(30_000);
    await world.tell("later");
    await world.advance(60_000);
    expect(world.sentTo("a").filter((message) => message !== "poison")).toEqual(["fine", "later"]);
    await world.advance(DELIVERY_MS, 600_000);
    expect(await world.listed("a", "dead")).toEqual(["poison"]);
  });

  it("of an endpoint that fails with one for minutes get their turn", async () => {
    await world.destination("a");
    world.scripts.set("a", ({ message }) => (message === "poison" ? refusal(500) : TAKEN));
    await world.tell("poison", "fine");
    await world.advance(60_000);
    expect(world.sentTo("a")).not.toContain("fine");
    await world.advance(20 * 60_000, 5000);
    expect(world.sentTo("a")).toContain("fine");
  });

  it("become dead letters after a day, with the last answer", async () => {
    await world.destination("a");
    world.scripts.set("a", () => refusal(503));
    await world.tell("one");
    await world.advance(DELIVERY_MS - 3_600_000, 60_000);
    expect(await world.listed("a", "dead")).toEqual([]);
    await world.advance(2 * 3_600_000, 60_000);
    const { rows } = await store.eventDeliveries.list("arn:a", "dead", { after: null, limit: 5 });
    expect(rows).toMatchObject([
      { delivery: { lastStatus: 503, lastProblem: "answered with status 503" }, event: { message: "one" } },
    ]);
    expect(rows[0]?.delivery.attemptCount).toBeGreaterThan(50);
  });

  it("that waited a day behind others become dead letters with them, and new ones go on waiting", async () => {
    await world.destination("a");
    world.scripts.set("a", () => refusal(503));
    const old = Array.from({ length: 50 }, (_, index) => `m${index}`);
    await world.tell(...old);
    await world.advance(DELIVERY_MS - 3_600_000, 60_000);
    await world.tell("new");
    await world.advance(2 * 3_600_000, 60_000);
    expect(await world.listed("a", "dead")).toEqual(old.toReversed());
    expect(await world.listed("a", "pending")).toEqual(["new"]);
  });

  it("are not sent before an endpoint wants to be asked again", async () => {
    await world.destination("a");
    world.scripts.set("a", () => refusal(429, 600_000));
    await world.tell("one");
    await world.advance(599_000, 5000);
    expect(world.sentTo("a")).toEqual(["one"]);
    world.scripts.delete("a");
    await world.advance(10_000);
    expect(world.sentTo("a")).toEqual(["one", "one"]);
  });

  it("are not sent any more to an endpoint that is gone for good", async () => {
    await world.destination("a");
    world.scripts.set("a", () => refusal(410));
    await world.tell("one", "two");
    await world.advance(60_000);
    expect(world.sentTo("a")).toEqual(["one"]);
    expect(await world.listed("a", "dead")).toEqual(["one"]);
    expect(await store.eventDestinations.get("arn:a")).toMatchObject({
      status: "DISABLED",
      problem: expect.stringContaining("410"),
    });
  });

  it("of one that hangs hold up nobody else", async () => {
    await world.destination("hanging");
    await world.destination("quick");
    world.scripts.set(
      "hanging",
      (_event, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve({ ...TAKEN, problem: "aborted" }), { once: true });
        }),
    );
    await world.tell("one", "two", "three");
    await world.advance(2000);
    expect(world.sentTo("quick")).toEqual(["one", "two", "three"]);
    expect(world.sentTo("hanging")).toEqual(["one"]);
  });

  it("that were under way at the end are sent after the next start", async () => {
    await world.destination("a");
    world.scripts.set(
      "a",
      (_event, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve({ ...TAKEN, problem: "aborted" }), { once: true });
        }),
    );
    await world.tell("one", "two");
    await world.advance(500);
    await world.stop();
    world.scripts.delete("a");
    world.start();
    await world.advance(500);
    expect(world.sentTo("a")).toEqual(["one", "one", "two"]);
    expect(await world.listed("a", "delivered")).toEqual(["two", "one"]);
  });

  it("of services that are deleted go by the tags they had", async () => {
    const tag = { key: "team", value: "" };
    const filter = { detailTypes: [], serviceNames: [], tag, minimumSeverity: "INFO" } as const;
    await world.destination("a", { filter });
    const service = aService({ status: "DELETED", slots: null, deletedAtMs: 1 });
    await store.services.save(service);
    const { id: serviceId } = service;
    await store.events.append(anEvent({ message: "ended", serviceId, detailType: "Slipway Instance Ended" }));
    await store.events.append(
      anEvent({
        message: "deleted",
        serviceId,
        detailType: "AppRunner Service Status Change",
        serviceTags: [{ key: "team", value: "shop" }],
      }),
    );
    await world.advance(500);
    expect(world.sentTo("a")).toEqual(["ended", "deleted"]);
  });

  it("reach everyone at least once and are never dropped, whatever endpoints and ends of the process do", async () => {
    const act = fc.oneof(
      fc.constant("tell" as const),
      fc.constant("fail" as const),
      fc.constant("heal" as const),
      fc.constant("restart" as const),
      fc.constant("advance" as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const own = await openSqliteStore({ path: ":memory:" });
        const history = new World(own);
        history.start();
        await history.destination("a");
        let count = 0;
        for (const one of acts) {
          if (one === "tell") await history.tell(`m${count++}`);
          if (one === "fail") history.scripts.set("a", () => refusal(500));
          if (one === "heal") history.scripts.delete("a");
          if (one === "restart") {
            await history.stop();
            history.start();
          }
          if (one === "advance") await history.advance(3000, 1000);
        }
        history.scripts.delete("a");
        await history.advance(1_000_000, 50_000);
        const all = Array.from({ length: count }, (_, index) => `m${index}`);
        expect(await history.listed("a", "delivered")).toEqual(all.toReversed());
        expect([...new Set(history.sentTo("a"))]).toEqual(all);
        expect(history.errors).toEqual([]);
        await history.stop();
        await own.close();
      }),
      { numRuns: 30 },
    );
  });
});
