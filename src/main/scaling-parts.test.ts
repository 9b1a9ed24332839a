/**
 * The heart and the autoscaler together, over random days: requests, crashes, deployments, pauses, changed tags, ends of
 * instances, a silent edge, a clock set back. Everything on fakes; an instance takes two seconds to answer.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Autoscaler } from "../autoscaler/autoscaler.ts";
import { MemoryStore } from "../operations/testing/memory-store.ts";
import { World, aConfiguration } from "../operations/testing/world.ts";
import { FakeEdgeTraffic } from "../ports/fake-edge-traffic.ts";

const START_TAKES_MS = 2000;
const never = new AbortController().signal;

type Act =
  | { readonly kind: "advance" | "request" | "setBack"; readonly ms: number }
  | { readonly kind: "zero"; readonly mayBe: boolean }
  | { readonly kind: "idle"; readonly mode: string }
  | { readonly kind: "crashIn"; readonly writes: number }
  | { readonly kind: "command"; readonly name: "startDeployment" | "pause" | "resume" }
  | { readonly kind: "exit"; readonly isSilent: boolean }
  | { readonly kind: "edge"; readonly isThere: boolean };

const calmAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: timed("advance", [100, 1000, 11_000, 31_000, 60_000]) },
  { weight: 4, arbitrary: timed("request", [1000, 20_000]) },
  fc.record({ kind: fc.constant("zero" as const), mayBe: fc.boolean() }),
  fc.record({ kind: fc.constant("idle" as const), mode: fc.constantFrom("run", "throttle", "freeze") }),
);
const roughAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 2, arbitrary: calmAct },
  timed("setBack", [5000, 3_600_000]),
  fc.record({ kind: fc.constant("crashIn" as const), writes: fc.integer({ min: 0, max: 12 }) }),
  fc.record({
    kind: fc.constant("command" as const),
    name: fc.constantFrom("startDeployment" as const, "pause" as const, "resume" as const),
  }),
  fc.record({ kind: fc.constant("exit" as const), isSilent: fc.boolean() }),
  fc.record({ kind: fc.constant("edge" as const), isThere: fc.boolean() }),
);

function timed(kind: "advance" | "request" | "setBack", times: readonly number[]): fc.Arbitrary<Act> {
  return fc.record({ kind: fc.constant(kind), ms: fc.constantFrom(...times) });
}

/** One service, its control plane, and a user. */
class Town {
  readonly store = new MemoryStore();
  readonly world = new World(this.store);
  readonly #traffic = new FakeEdgeTraffic();
  readonly #firstProbes = new Map<string, number>();
  readonly #tags = new Map([
    ["slipway:scale-to-zero", "30s"],
    ["slipway:warm-zero", "20s"],
  ]);
  #stop = new AbortController();
  #crashIn = Infinity;
  #requestCount = 0;
  serviceId = "";
  #host = "";

  constructor(minSize: number) {
    this.store.scale = { minSize, maxSize: 3, maxConcurrency: 2 };
    this.world.edge.probeWith = ({ address }) => {
      const nowMs = this.world.clock.now();
      const sinceMs = this.#firstProbes.get(address) ?? nowMs;
      this.#firstProbes.set(address, sinceMs);
      const isUp = Math.abs(nowMs - sinceMs) >= START_TAKES_MS;
      return isUp ? { isHealthy: true } : { isHealthy: false, problem: "refused" };
    };
    this.world.onJournal = async () => {
      await this.world.watchman.inspect();
      if (--this.#crashIn === 0) this.world.kill();
    };
  }

  get mayBeZero(): boolean {
    return this.#tags.has("slipway:scale-to-zero");
  }

  async begin(): Promise<void> {
    await this.#boot();
    const tags = [...this.#tags].map(([key, value]) => ({ key, value }));
    const { service } = await this.world.commands.create({
      name: "web1",
      configuration: aConfiguration(),
      tags,
    });
    [this.serviceId, this.#host] = [service.id, service.host];
    for (const slot of [service.slots!.blue, service.slots!.green]) this.#traffic.setLoad(slot, {});
    await this.advance(6000);
  }

  end(): void {
    this.#stop.abort(new Error("over"));
    this.world.kill();
  }

  async #boot(): Promise<void> {
    this.#stop.abort(new Error("crashed"));
    this.#stop = new AbortController();
    this.#crashIn = Infinity;
    const { clock, containers } = this.world;
    const autoscaler = new Autoscaler({
      traffic: this.#traffic,
      clock,
      wakeInstances: async (ids) => {
        for (const id of ids) await containers.setActivity(id, "run", never);
      },
      readUsage: async () => new Map(),
      onChange: (id) => this.world.operations.wake(id),
      onError: () => undefined,
    });
    this.world.scaling = autoscaler;
    await this.world.boot();
    void autoscaler.run(this.#stop.signal);
  }

  async advance(ms: number): Promise<void> {
    const endMs = this.world.clock.now() + ms;
    while (this.world.clock.now() < endMs) {
      await this.world.advance(Math.min(1000, endMs - this.world.clock.now()));
      if (this.world.isDead) await this.#boot();
    }
  }

  /** What a user sees who waits at a closed gate for as long as `patienceMs`. */
  async request(takesMs: number, patienceMs: number): Promise<string> {
    for (let waitedMs = 0; waitedMs <= patienceMs; waitedMs += 500) {
      const answer = this.world.edge.answer(this.#host);
      if (answer.kind === "instances") return this.#meet(answer.instanceIds[0]!, takesMs);
      if (answer.kind !== "held") return answer.kind === "refused" ? answer.reason : answer.kind;
      this.#traffic.arrive(this.#host, 1);
      await this.advance(500);
    }
    return "held for too long";
  }

  async #meet(instanceId: string, takesMs: number): Promise<string> {
    this.#requestCount += 1;
    this.#setInFlight(instanceId, 1);
    if (!(await this.#isGateOpen())) this.#traffic.arrive(this.#host);
    await this.advance(takesMs);
    const list = await this.world.containers.listInstances(never);
    const isThere = list.some((one) => one.instanceId === instanceId && one.state === "running");
    const isFrozen = isThere && this.world.containers.activityOf(instanceId) === "freeze";
    this.#setInFlight(instanceId, 0);
    return isFrozen ? "frozen" : isThere ? "answered" : "gone";
  }

  async #isGateOpen(): Promise<boolean> {
    const state = await this.world.edge.observe(never);
    const route = state === "unknown" ? undefined : state.routes.get(this.#host);
    return route?.kind === "slot" && route.gate === "open";
  }

  #setInFlight(instanceId: string, count: number): void {
    this.world.edge.setInFlight(instanceId, count);
    for (const slot of [0, 1]) {
      const inFlight = new Map(count === 0 ? [] : [[instanceId, count]]);
      this.#traffic.setLoad(slot, { inFlight, requestCount: this.#requestCount });
    }
  }

  async play(act: Act, mustAnswer: boolean): Promise<void> {
    const { clock, commands } = this.world;
    if (act.kind === "advance") await this.advance(act.ms);
    if (act.kind === "setBack") clock.setBack(act.ms);
    if (act.kind === "zero") await this.#tag("slipway:scale-to-zero", act.mayBe ? "30s" : null);
    if (act.kind === "idle") await this.#tag("slipway:idle", act.mode);
    if (act.kind === "command") await commands[act.name](this.serviceId).catch(() => undefined);
    if (act.kind === "exit") await this.#exit(act.isSilent);
    if (act.kind === "edge") this.#setEdge(act.isThere);
    if (act.kind === "crashIn") this.#crashIn = act.writes;
    if (act.kind === "crashIn" && act.writes === 0) this.world.kill();
    if (act.kind === "request") {
      const answer = await this.request(act.ms, 5000);
      if (mustAnswer && answer !== "answered") throw new Error(`a request is ${answer}`);
    }
    await this.world.settle();
    if (this.world.isDead) await this.#boot();
  }

  async #tag(key: string, value: string | null): Promise<void> {
    if (value === null) this.#tags.delete(key);
    else this.#tags.set(key, value);
    const tags = [...this.#tags].map(([name, text]) => ({ key: name, value: text }));
    const { arn } = await this.world.service(this.serviceId);
    await this.store.tags.put(arn, tags);
    this.world.commands.reconsider(this.serviceId);
  }

  async #exit(isSilent: boolean): Promise<void> {
    const [first] = await this.world.containers.listInstances(never);
    if (first !== undefined) this.world.containers.exitInstance(first.instanceId, { exitCode: 1, isSilent });
  }

  #setEdge(isThere: boolean): void {
    this.world.edge.problem = isThere ? null : "killed";
    this.#traffic.isUnknown = !isThere;
  }

  /** All that was broken is whole again, and nobody calls. */
  async heal(): Promise<void> {
    this.#crashIn = Infinity;
    this.#setEdge(true);
    await this.advance(300_000);
    await this.world.commands.resume(this.serviceId).catch(() => undefined);
    await this.advance(90_000);
  }
}

it("after any day a service rests as its owner wishes, answers who calls, and writes nothing while nobody does", async () => {
  const numRuns = Number(process.env["SLIPWAY_PROPERTY_RUNS"] ?? 40);
  const acts = fc.oneof(
    fc.record({ isCalm: fc.constant(true), list: fc.array(calmAct, { minLength: 3, maxLength: 25 }) }),
    fc.record({ isCalm: fc.constant(false), list: fc.array(roughAct, { minLength: 3, maxLength: 18 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(1, 2), acts, async (minSize, { isCalm, list }) => {
      const town = new Town(minSize);
      await town.begin();
      for (const act of list) await town.play(act, isCalm);
      await town.heal();
      const { world, store, serviceId } = town;
      expect(world.watchman.violations).toEqual([]);
      expect(world.errors).toEqual([]);
      expect(await world.instances(serviceId)).toHaveLength(town.mayBeZero ? 0 : minSize);
      expect(await town.request(1000, 70_000)).toBe("answered");
      await town.advance(600_000);
      const writes = store.rows.journal.length;
      await town.advance(600_000);
      expect(store.rows.journal.length).toBe(writes);
      town.end();
    }),
    { numRuns },
  );
});
