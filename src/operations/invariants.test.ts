/**
 * The six invariants of design.md, section 4, over random histories: wishes, exits, lost containers, failed starts and
 * pulls, fetches and builds, sick instances, long requests, silent engines and edges, secrets that come, change and go, and
 * crashes of the control plane at any journal write.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSlipwayError } from "../domain/error.ts";
import { isFinished } from "../domain/operation.ts";
import type { InstanceActivity } from "../domain/instance.ts";
import { type Release, runSettings } from "../domain/release.ts";
import type { SecretReferences } from "../domain/secret.ts";
import type { ServiceConfiguration } from "../domain/service.ts";
import { BuildError } from "../ports/builder.ts";
import { ImagePullError, InstanceStartError } from "../ports/container-engine.ts";
import { SourceError } from "../ports/source-code.ts";
import { activityOf } from "./observed.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { WishfulScaling } from "./testing/wishful-scaling.ts";
import { eventProblems } from "./testing/event-problems.ts";
import { REPOSITORY, World, aCodeConfiguration, aConfiguration } from "./testing/world.ts";

type Wish = "create" | "update" | "deploy" | "rollBack" | "cancel" | "pause" | "resume" | "delete";
type Failing = "start" | "pull" | "source" | "host" | "build" | "image";

type Act =
  | { readonly kind: "wish"; readonly wish: Wish }
  | { readonly kind: "badUpdate"; readonly image: string }
  | { readonly kind: "advance"; readonly ms: number }
  | { readonly kind: "crashIn"; readonly writes: number }
  | { readonly kind: "exit"; readonly which: number; readonly isSilent: boolean }
  | { readonly kind: "lose"; readonly which: number }
  | { readonly kind: "sick"; readonly modulus: number }
  | { readonly kind: "inFlight"; readonly which: number; readonly count: number }
  | { readonly kind: "edge"; readonly isThere: boolean }
  | { readonly kind: "stickyServers"; readonly isSticky: boolean }
  | { readonly kind: "engine"; readonly isThere: boolean }
  | { readonly kind: "stranger" }
  | { readonly kind: "fail"; readonly what: Failing }
  | { readonly kind: "push" }
  | { readonly kind: "secret"; readonly becomes: SecretState }
  | { readonly kind: "scaling"; readonly change: ScalingChange };

type SecretState = "there" | "changed" | "gone" | "unreadable";

type ScalingChange =
  | { readonly of: "wish"; readonly count: number; readonly activity: InstanceActivity }
  | { readonly of: "zero"; readonly mayBe: boolean }
  | { readonly of: "limits"; readonly maxSize: number }
  | { readonly of: "memory"; readonly availableMiB: number };

const TOTAL_MIB = 8192;
const AMPLE_MIB = 6000;

const scalingChange: fc.Arbitrary<ScalingChange> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      of: fc.constant("wish" as const),
      count: fc.nat(3),
      activity: fc.constantFrom("run", "run", "throttle", "freeze"),
    }),
  },
  fc.record({ of: fc.constant("zero" as const), mayBe: fc.boolean() }),
  // Of the releases that are made from then on.
  fc.record({ of: fc.constant("limits" as const), maxSize: fc.integer({ min: 2, max: 4 }) }),
  {
    weight: 2,
    arbitrary: fc.record({
      of: fc.constant("memory" as const),
      // For nobody; for one when those that start have started; for all.
      availableMiB: fc.constantFrom(100, 500, AMPLE_MIB),
    }),
  },
);

const which = fc.nat(5);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("wish" as const),
      wish: fc.constantFrom(
        "create",
        "update",
        "update",
        "deploy",
        "deploy",
        "rollBack",
        "cancel",
        "pause",
        "resume",
        "delete",
      ),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("advance" as const),
      ms: fc.constantFrom(0, 60, 1000, 12_000, 130_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("crashIn" as const), writes: fc.integer({ min: 1, max: 30 }) }),
  },
  fc.record({ kind: fc.constant("badUpdate" as const), image: fc.constantFrom("broken:1", "nosuch:1") }),
  fc.record({ kind: fc.constant("exit" as const), which, isSilent: fc.boolean() }),
  fc.record({ kind: fc.constant("lose" as const), which }),
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("sick" as const), modulus: fc.integer({ min: 1, max: 4 }) }),
  },
  fc.record({ kind: fc.constant("inFlight" as const), which, count: fc.nat(2) }),
  fc.record({ kind: fc.constant("edge" as const), isThere: fc.boolean() }),
  fc.record({ kind: fc.constant("stickyServers" as const), isSticky: fc.boolean() }),
  fc.record({ kind: fc.constant("engine" as const), isThere: fc.boolean() }),
  fc.constant({ kind: "stranger" as const }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("fail" as const),
      what: fc.constantFrom("start", "pull", "source", "host", "build", "image", "image"),
    }),
  },
  fc.constant({ kind: "push" as const }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("secret" as const),
      becomes: fc.constantFrom("there", "changed", "gone", "unreadable"),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("scaling" as const), change: scalingChange }),
  },
);

const SECRET = "db-password";
/** Reported, for it should never happen. */
const UNREADABLE = new Error("the vault is damaged");
const BRANCHES = ["main", "main", "next"];
const never = new AbortController().signal;

interface Setting {
  readonly scale: { readonly minSize: number; readonly maxSize: number };
  readonly isCode: boolean;
  readonly mayBeZero: boolean;
  readonly hasSecret: boolean;
}

class History {
  readonly world = new World();
  readonly memory: MemoryStore;
  readonly #pulledImageId: string;
  #crashIn = Infinity;
  #updates = 0;
  #secretVersions = 0;
  #isEngineThere = true;
  readonly #isCode: boolean;
  readonly #environmentSecrets: SecretReferences;
  readonly scaling: WishfulScaling;

  constructor({ scale, isCode, mayBeZero, hasSecret }: Setting) {
    this.#isCode = isCode;
    this.#environmentSecrets = hasSecret ? { PASSWORD: SECRET } : {};
    this.world.environmentSecretsOfFile = this.#environmentSecrets;
    this.#changeSecret("changed");
    this.scaling = new WishfulScaling({ mayBeZero });
    this.world.scaling = this.scaling;
    for (const branch of BRANCHES) this.world.sourceCode.push(REPOSITORY, branch);
    this.memory = this.world.store as MemoryStore;
    this.memory.scale = { ...scale, maxConcurrency: 10 };
    this.world.containers.addLocalImage("broken:1", { exitCodeAtStart: 3 });
    this.#pulledImageId = this.world.containers.addRegistryImage("pulled:1").imageId;
    this.world.onJournal = async () => {
      await this.world.watchman.inspect();
      if (--this.#crashIn === 0) this.world.kill();
    };
  }

  async play(acts: readonly Act[]): Promise<void> {
    await this.world.boot();
    for (const act of acts) {
      await this.#play(act);
      await this.world.settle();
      await this.#revive();
      await this.world.watchman.inspect();
    }
  }

  async #revive(): Promise<void> {
    // It may die again while it starts.
    while (this.world.isDead) {
      this.#crashIn = Infinity;
      await this.world.boot();
    }
  }

  async #play(act: Act): Promise<void> {
    const { world } = this;
    switch (act.kind) {
      case "wish":
        return this.#wish(act.wish);
      case "badUpdate":
        return this.#update(act.image);
      case "advance":
        return this.#advance(act.ms);
      case "crashIn":
        this.#crashIn = act.writes;
        return undefined;
      case "exit": {
        const id = await this.#container(act.which);
        if (id !== null) world.containers.exitInstance(id, { exitCode: 1, isSilent: act.isSilent });
        return undefined;
      }
      case "lose": {
        const id = await this.#container(act.which);
        if (id !== null) await world.containers.removeInstance(id, never);
        return undefined;
      }
      case "sick":
        world.edge.probeWith = ({ address }) =>
          Number(address.split(".")[3]) % act.modulus === 0
            ? { isHealthy: false, problem: "status", status: 500 }
            : { isHealthy: true };
        return undefined;
      case "inFlight": {
        const id = await this.#container(act.which);
        if (id !== null) world.edge.setInFlight(id, act.count);
        return undefined;
      }
      case "edge":
        world.edge.problem = act.isThere ? null : "killed";
        return undefined;
      case "stickyServers":
        world.edge.removalProblem = act.isSticky ? "the server is in use" : null;
        return undefined;
      case "engine":
        this.#setEngine(act.isThere);
        return undefined;
      case "stranger":
        return this.#addStranger();
      case "fail":
        return this.#fail(act.what);
      case "push":
        return this.#push();
      case "secret":
        return this.#changeSecret(act.becomes);
      case "scaling":
        return this.#changeScaling(act.change);
    }
  }

  async #changeScaling(change: ScalingChange): Promise<void> {
    const { scaling, memory, world } = this;
    if (change.of === "wish") Object.assign(scaling, { count: change.count, activity: change.activity });
    if (change.of === "zero") scaling.mayBeZero = change.mayBe;
    if (change.of === "limits") memory.scale = { ...memory.scale, maxSize: change.maxSize };
    if (change.of === "memory") {
      world.containers.setMemory({ totalMiB: TOTAL_MIB, availableMiB: change.availableMiB });
    }
    for (const id of await world.store.services.listLiveIds()) world.operations.wake(id);
  }

  #fail(what: Failing): void {
    const { containers, sourceCode, builder } = this.world;
    if (what === "start") containers.failNextStart(new InstanceStartError("other", "no"));
    if (what === "pull") containers.failNextPull(new ImagePullError("unauthorized", "no"));
    if (what === "source") sourceCode.failNext(new SourceError("unauthorized", "no"));
    if (what === "host") sourceCode.failNext(new SourceError("unreachable", "no"));
    if (what === "image") this.#loseImage();
    if (what === "build") builder.failNext(new BuildError("command", "no", { exitCode: 1 }));
  }

  /** With another `apprunner.yaml`. */
  #push(): void {
    const { world } = this;
    world.sourceCode.push(REPOSITORY);
    const isNamed = Object.keys(world.environmentSecretsOfFile).length > 0;
    world.environmentSecretsOfFile = isNamed ? {} : this.#environmentSecrets;
  }

  #changeSecret(becomes: SecretState): void {
    const { secrets } = this.world;
    secrets.outage = becomes === "unreadable" ? UNREADABLE : null;
    if (becomes === "gone") secrets.drop(SECRET);
    if (becomes === "changed") secrets.put(SECRET, `value${++this.#secretVersions}`);
  }

  /** What a release was made with has to be there for it to come to rest: somebody restores it. */
  #bringSecretBack(): void {
    this.#changeSecret("changed");
    this.world.secrets.restore(SECRET);
  }

  /** Of code: the image of the newest build. */
  #loseImage(): void {
    const built = [...this.memory.rows.releases.values()].at(-1)?.imageId;
    this.world.containers.loseImage(this.#isCode && built !== undefined ? built : this.#pulledImageId);
  }

  async #cancel(serviceId: string): Promise<void> {
    const [open] = await this.world.store.operations.listOpen(serviceId);
    if (open !== undefined) await this.world.commands.cancel(serviceId, open.id);
  }

  #setEngine(isThere: boolean): void {
    this.#isEngineThere = isThere;
    this.world.containers.setUnavailable(isThere ? null : "connection refused");
  }

  /** A container with our label that no record explains. */
  async #addStranger(): Promise<void> {
    const id = await this.#container(0);
    if (id === null) return;
    const instanceId = `f${String(this.world.clock.now()).padStart(31, "0")}`;
    const spec = { ...this.world.containers.specOf(id), instanceId };
    // A failure that was meant for another start may hit it.
    await this.world.containers.startInstance(spec, never).catch(() => undefined);
  }

  /** In steps, so that a crash in between does not stop the world's own time. */
  async #advance(ms: number): Promise<void> {
    const endMs = this.world.clock.now() + ms;
    while (this.world.clock.now() < endMs) {
      await this.world.advance(Math.min(1000, endMs - this.world.clock.now()));
      await this.#revive();
    }
  }

  async #container(index: number): Promise<string | null> {
    if (!this.#isEngineThere) return null;
    const list = await this.world.containers.listInstances(never);
    return list.length === 0 ? null : (list[index % list.length]?.instanceId ?? null);
  }

  async #wish(wish: Wish): Promise<void> {
    if (wish === "update") return this.#update(this.#updates % 2 === 0 ? "web:1" : "pulled:1");
    const { commands } = this.world;
    if (wish === "create") {
      const configuration = this.#isCode
        ? aCodeConfiguration()
        : aConfiguration({ environmentSecrets: this.#environmentSecrets });
      return this.#command(() => commands.create({ name: "web1", configuration, tags: [] }));
    }
    return this.#onService((id) => {
      if (wish === "cancel") return this.#cancel(id);
      if (wish === "rollBack") return commands.rollBack(id, null);
      return wish === "deploy" ? commands.startDeployment(id) : commands[wish](id);
    });
  }

  async #update(image: string): Promise<void> {
    const environment = { N: String(++this.#updates) };
    const environmentSecrets = this.#updates % 3 === 0 ? {} : this.#environmentSecrets;
    const next = this.#isCode
      ? this.#nextCode()
      : aConfiguration({ imageIdentifier: image, environment, environmentSecrets });
    return this.#onService((id) => this.world.commands.update(id, () => next));
  }

  /** Another branch, which is built, or another size, which is not. */
  #nextCode(): ServiceConfiguration {
    const branch = BRANCHES[this.#updates % BRANCHES.length] ?? "main";
    const memory = String(512 + this.#updates);
    return { ...aCodeConfiguration({ branch }), instance: { cpu: "256", memory } };
  }

  async #onService(command: (id: string) => Promise<unknown>): Promise<void> {
    const [id] = await this.world.store.services.listLiveIds();
    if (id !== undefined) await this.#command(() => command(id));
  }

  async #command(command: () => Promise<unknown>): Promise<void> {
    try {
      await command();
    } catch (error) {
      if (!isSlipwayError(error)) throw error;
    }
  }

  /** All that was broken is whole again, and time goes by. */
  async heal(): Promise<void> {
    this.#crashIn = Infinity;
    this.world.edge.problem = null;
    this.world.edge.removalProblem = null;
    this.#setEngine(true);
    this.world.containers.setMemory({ totalMiB: TOTAL_MIB, availableMiB: AMPLE_MIB });
    this.world.edge.probeWith = () => ({ isHealthy: true });
    for (const { instanceId } of await this.world.containers.listInstances(never)) {
      this.world.edge.setInFlight(instanceId, 0);
    }
    this.#bringSecretBack();
    for (let minute = 0; minute < 25; minute++) await this.#advance(60_000);
  }
}

async function isChecked(world: World, instanceId: string): Promise<boolean | undefined> {
  const state = await world.edge.observe(never);
  const slots = state === "unknown" ? [] : [...state.slots.values()];
  const servers = slots.flatMap((slot) => slot.servers);
  return servers.find((server) => server.instanceId === instanceId)?.isChecked;
}

/** Whenever it was started: what was looked up when its release was deployed. */
async function assertSecrets(world: World, release: Release, instanceId: string): Promise<void> {
  const { environment } = world.containers.specOf(instanceId);
  for (const name of Object.keys(runSettings(release).environmentSecrets)) {
    expect(environment[name]).toBe(`value${release.secrets?.[name]?.versionId}`);
  }
}

async function assertAtRest({ world, memory, scaling }: History): Promise<void> {
  expect(world.watchman.violations).toEqual([]);
  expect(eventProblems(memory)).toEqual([]);
  expect(world.errors.filter((error) => error !== UNREADABLE)).toEqual([]);
  const operations = [...memory.rows.operations.values()];
  expect(operations.filter((operation) => !isFinished(operation))).toEqual([]);
  const containers = await world.containers.listInstances(never);
  const live = await world.store.instances.listAllLive();
  expect(containers.map(({ instanceId }) => instanceId).sort()).toEqual(live.map(({ id }) => id).sort());
  for (const service of memory.rows.services.values()) {
    const answer = world.edge.answer(service.host).kind;
    const rows = live.filter((row) => row.serviceId === service.id);
    const isRunning = service.status === "RUNNING";
    expect(service.status).not.toBe("OPERATION_IN_PROGRESS");
    const release = await world.store.releases.get(service.id, service.activeReleaseNumber ?? 0);
    const count = isRunning && release !== null ? scaling.countWithin(release.scale) : 0;
    expect(rows).toHaveLength(count);
    for (const row of rows) {
      if (release !== null) await assertSecrets(world, release, row.id);
      expect(activityOf(row)).toBe(scaling.activity);
      // The other way round costs processor time; this way it would cost every request.
      const isAsleep = world.containers.activityOf(row.id) !== "run";
      expect(isAsleep && scaling.activity === "run").toBe(false);
      const isFrozen = world.containers.activityOf(row.id) === "freeze";
      expect(isFrozen && scaling.activity === "throttle").toBe(false);
      const mayBeUnchecked = activityOf(row) === "freeze";
      expect(mayBeUnchecked || (await isChecked(world, row.id))).toBe(true);
    }
    const served = count === 0 ? "held" : "instances";
    expect(answer === served, `${service.status} answers ${answer}`).toBe(isRunning);
  }
}

describe("the invariants", () => {
  it("hold over any history, and every history comes to rest", { timeout: 120_000 }, async () => {
    const scale = fc.constantFrom(
      { minSize: 1, maxSize: 1 },
      { minSize: 1, maxSize: 2 },
      { minSize: 2, maxSize: 2 },
      { minSize: 2, maxSize: 3 },
    );
    const runs = Number(process.env["SLIPWAY_PROPERTY_RUNS"] ?? 60);
    await fc.assert(
      fc.asyncProperty(
        fc.record({ scale, isCode: fc.boolean(), mayBeZero: fc.boolean(), hasSecret: fc.boolean() }),
        fc.array(act, { minLength: 3, maxLength: 25 }),
        async (setting, acts) => {
          const history = new History(setting);
          await history.play([{ kind: "wish", wish: "create" }, { kind: "advance", ms: 60 }, ...acts]);
          await history.heal();
          await assertAtRest(history);
        },
      ),
      { numRuns: runs },
    );
  });

  it("hold when the control plane ends between the edge and the record, and the sick get well meanwhile", async () => {
    const scale = { minSize: 2, maxSize: 3 };
    const history = new History({ scale, isCode: false, mayBeZero: false, hasSecret: false });
    await history.play([
      { kind: "wish", wish: "create" },
      { kind: "advance", ms: 60 },
      { kind: "sick", modulus: 2 },
      { kind: "wish", wish: "deploy" },
      { kind: "crashIn", writes: 22 },
      { kind: "advance", ms: 0 },
      { kind: "advance", ms: 130_000 },
      { kind: "crashIn", writes: 1 },
    ]);
    await history.heal();
    await assertAtRest(history);
  });
});
