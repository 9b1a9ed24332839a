import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Commit } from "../../domain/code-source.ts";
import { ImagePullError } from "../../ports/container-engine.ts";
import { SourceError } from "../../ports/source-code.ts";
import { poked } from "./watch-records.ts";
import { REPOSITORY, WatchWorld } from "./testing/watch-world.ts";

const MINUTE_MS = 60_000;
const builtFrom = (commit: Commit, sourceTreeId = `tree of ${commit.id}`) => ({ commit, sourceTreeId });

let world: WatchWorld;

beforeEach(async () => {
  world = await WatchWorld.open();
});
afterEach(async () => {
  await world.close();
  if (world.errors.length > 0) throw new AggregateError(world.errors, "reported");
});

/** A service that runs the branch's first commit, and has been looked at. */
async function watchedService(): Promise<{ readonly id: string; readonly first: Commit }> {
  const first = world.sourceCode.push(REPOSITORY);
  const { id } = await world.aCodeService();
  await world.operated(id, { type: "CREATE_SERVICE", built: builtFrom(first) });
  await world.start();
  return { id, first };
}

describe("A branch", () => {
  it("whose commit was deployed by the create is not deployed again", async () => {
    const { id, first } = await watchedService();
    expect(await world.deployments(id)).toEqual([]);
    expect(await world.watch(id)).toMatchObject({
      handledVersion: first.id,
      check: { problem: null, failureCount: 0 },
    });
  });

  it("is asked once a minute, and each new commit is deployed once", async () => {
    const { id, first } = await watchedService();
    await world.advance(10 * MINUTE_MS);
    expect(world.headsAsked).toBeGreaterThanOrEqual(10);
    expect(world.headsAsked).toBeLessThanOrEqual(13);
    const second = world.sourceCode.push(REPOSITORY);
    await world.advance(MINUTE_MS);
    expect(await world.deployments(id)).toEqual([`poll ${second.id}`]);
    await world.finish(id, "SUCCEEDED", second);
    await world.advance(5 * MINUTE_MS);
    expect(await world.deployments(id)).toEqual([`poll ${second.id}`]);
    expect(world.events).toEqual([expect.stringContaining(second.id.slice(0, 19))]);
    expect(first.id).not.toBe(second.id);
  });

  it("that moves on while it is deployed is deployed again, with the newest commit only", async () => {
    const { id } = await watchedService();
    const second = world.sourceCode.push(REPOSITORY);
    await world.watcher.poke(id, "webhook");
    await world.settle();
    world.sourceCode.push(REPOSITORY);
    await world.watcher.poke(id, "webhook");
    const fourth = world.sourceCode.push(REPOSITORY);
    await world.watcher.poke(id, "webhook");
    await world.advance(5 * MINUTE_MS);
    expect(await world.deployments(id)).toEqual([`webhook ${second.id}`]);
    await world.finish(id, "SUCCEEDED", second);
    await world.advance(1_000);
    expect(await world.deployments(id)).toEqual([`webhook ${second.id}`, `webhook ${fourth.id}`]);
  });

  it("whose newer commit was taken by the deployment itself is not deployed again", async () => {
    const { id } = await watchedService();
    const second = world.sourceCode.push(REPOSITORY);
    await world.advance(MINUTE_MS);
    const third = world.sourceCode.push(REPOSITORY);
    await world.finish(id, "ROLLBACK_SUCCEEDED", third);
    await world.advance(5 * MINUTE_MS);
    expect(await world.deployments(id)).toEqual([`poll ${second.id}`]);
  });

  it("with a commit that failed waits for another one, and tries it again after that", async () => {
    const { id, first } = await watchedService();
    const broken = world.sourceCode.push(REPOSITORY);
    await world.advance(MINUTE_MS);
    await world.finish(id, "ROLLBACK_SUCCEEDED");
    await world.advance(60 * MINUTE_MS);
    expect(await world.deployments(id)).toEqual([`poll ${broken.id}`]);
    world.sourceCode.headId = first.id;
    await world.advance(MINUTE_MS);
    world.sourceCode.headId = broken.id;
    await world.operated(id, { type: "UPDATE_SERVICE", built: builtFrom(first) });
    await world.advance(MINUTE_MS);
    expect(await world.deployments(id)).toEqual([`poll ${broken.id}`, `poll ${broken.id}`]);
  });

  it("that was deployed right before a crash is not deployed again after it", async () => {
    const { id } = await watchedService();
    const second = world.sourceCode.push(REPOSITORY);
    await world.stop();
    // The deployment was begun; the record was not written.
    const trigger = { by: "poll", version: second.id } as const;
    await world.operated(id, { status: "ROLLBACK_SUCCEEDED", trigger });
    await world.start();
    await world.advance(5 * MINUTE_MS);
    expect(await world.deployments(id)).toEqual([`poll ${second.id}`]);
    expect(await world.watch(id)).toMatchObject({ handledVersion: second.id });
  });

  it("keeps its pace over a restart", async () => {
    await watchedService();
    await world.advance(20_000);
    const asked = world.headsAsked;
    await world.start();
    await world.start();
    expect(world.headsAsked).toBe(asked);
    await world.advance(MINUTE_MS);
    expect(world.headsAsked).toBe(asked + 1);
  });

  it("is asked again although the clock was set back by a day", async () => {
    await watchedService();
    const asked = world.headsAsked;
    world.clock.setBack(24 * 60 * MINUTE_MS);
    await world.advance(MINUTE_MS);
    expect(world.headsAsked).toBeGreaterThan(asked);
  });
});

describe("A rollback by hand", () => {
  it("stays, though no poll has seen the commit that it left", async () => {
    const { id, first } = await watchedService();
    const bad = world.sourceCode.push(REPOSITORY);
    await world.operated(id, { built: builtFrom(bad) });
    await world.operated(id, { built: builtFrom(first), fromReleaseNumber: 1 });
    await world.advance(5 * MINUTE_MS);
    expect(await world.deployments(id)).toEqual([]);
    const next = world.sourceCode.push(REPOSITORY);
    await world.advance(MINUTE_MS);
    expect(await world.deployments(id)).toEqual([`poll ${next.id}`]);
  });

  it("in two steps, the first of which failed, stays too", async () => {
    const { id, first } = await watchedService();
    const second = world.sourceCode.push(REPOSITORY);
    await world.operated(id, { built: builtFrom(second) });
    const bad = world.sourceCode.push(REPOSITORY);
    await world.operated(id, { built: builtFrom(bad) });
    await world.operated(id, { status: "FAILED", fromReleaseNumber: 2 });
    await world.operated(id, { built: builtFrom(first), fromReleaseNumber: 1 });
    await world.advance(5 * MINUTE_MS);
    expect(await world.deployments(id)).toEqual([]);
  });

  it("lets the commit that it left come back after another one was deployed", async () => {
    const { id, first } = await watchedService();
    const left = world.sourceCode.push(REPOSITORY);
    await world.operated(id, { built: builtFrom(left) });
    await world.operated(id, { built: builtFrom(first), fromReleaseNumber: 1 });
    const next = world.sourceCode.push(REPOSITORY);
    await world.advance(MINUTE_MS);
    await world.finish(id, "SUCCEEDED", next);
    world.sourceCode.headId = left.id;
    await world.advance(MINUTE_MS);
    expect(await world.deployments(id)).toEqual([`poll ${next.id}`, `poll ${left.id}`]);
  });
});

describe("A poke", () => {
  it("makes the source be asked at once, also while it is left alone after failures", async () => {
    const { id } = await watchedService();
    world.sourceCode.failNext(
      ...Array.from({ length: 5 }, () => new SourceError("unreachable", "It is down.")),
    );
    await world.advance(40 * MINUTE_MS);
    const second = world.sourceCode.push(REPOSITORY);
    await world.watcher.poke(id, "push");
    await world.settle();
    expect(await world.deployments(id)).toEqual([`push ${second.id}`]);
    expect(await world.watch(id)).not.toHaveProperty("poke");
  });

  it("outlives a crash", async () => {
    const { id } = await watchedService();
    const second = world.sourceCode.push(REPOSITORY);
    await world.stop();
    await world.watcher.poke(id, "webhook");
    await world.start();
    expect(await world.deployments(id)).toEqual([`webhook ${second.id}`]);
  });

  it("waits when another command was a moment faster", async () => {
    const { id } = await watchedService();
    const second = world.sourceCode.push(REPOSITORY);
    world.busyCommands = 1;
    await world.watcher.poke(id, "webhook");
    await world.settle();
    expect(await world.watch(id)).toMatchObject({ poke: { by: "webhook" } });
    await world.advance(1_000);
    expect(await world.deployments(id)).toEqual([`webhook ${second.id}`]);
  });

  it("does nothing to a service without automatic deployments, or one that is not there", async () => {
    const { id } = await watchedService();
    const service = await world.service(id);
    const configuration = { ...service.configuration, autoDeploymentsEnabled: false };
    await world.store.services.save({ ...service, configuration });
    world.sourceCode.push(REPOSITORY);
    const asked = world.headsAsked;
    await world.watcher.poke(id, "webhook");
    await world.watcher.poke("f".repeat(32), "webhook");
    await world.advance(10 * MINUTE_MS);
    expect(world.headsAsked).toBe(asked);
    expect(await world.watch(id)).not.toHaveProperty("poke");
  });
});

describe("A pause", () => {
  it("stops the questions, and what was pushed during it is never deployed by itself", async () => {
    const { id } = await watchedService();
    await world.setStatus(id, "PAUSED");
    const during = world.sourceCode.push(REPOSITORY);
    const asked = world.headsAsked;
    await world.watcher.poke(id, "webhook");
    await world.advance(30 * MINUTE_MS);
    expect(world.headsAsked).toBe(asked);
    await world.operated(id, { type: "RESUME_SERVICE" });
    await world.setStatus(id, "RUNNING");
    await world.advance(5 * MINUTE_MS);
    expect(await world.deployments(id)).toEqual([]);
    expect(await world.watch(id)).toMatchObject({ handledVersion: during.id });
    const after = world.sourceCode.push(REPOSITORY);
    await world.advance(MINUTE_MS);
    expect(await world.deployments(id)).toEqual([`poll ${after.id}`]);
  });
});

describe("A source that cannot be asked", () => {
  it("is left alone for longer and longer, up to half an hour, and is back at its pace when it answers", async () => {
    await watchedService();
    const down = new SourceError("unreachable", "The host is down.");
    world.sourceCode.failNext(...Array.from({ length: 11 }, () => down));
    const asked = world.headsAsked;
    await world.advance(60 * MINUTE_MS);
    // After 1, 2, 4, 8, 16 and 30 minutes, each a little earlier.
    expect(world.headsAsked - asked).toBeGreaterThanOrEqual(5);
    expect(world.headsAsked - asked).toBeLessThanOrEqual(7);
    await world.advance(180 * MINUTE_MS);
    const back = world.headsAsked;
    await world.advance(5 * MINUTE_MS);
    expect(world.headsAsked - back).toBeGreaterThanOrEqual(5);
  });

  it("is told once for each kind of problem, and once when it is well again", async () => {
    const { id } = await watchedService();
    const down = new SourceError("unreachable", "The host is down.");
    const gone = new SourceError("no-branch", "There is no branch main.");
    world.sourceCode.failNext(down, down, gone);
    await world.advance(30 * MINUTE_MS);
    expect(world.events).toEqual([
      "The source cannot be watched for new versions: The host is down.",
      "The source cannot be watched for new versions: There is no branch main.",
      "The source is watched for new versions again.",
    ]);
    expect(await world.watch(id)).toMatchObject({ check: { problem: null, failureCount: 0 } });
  });

  it("is asked again, once, when an operation went well meanwhile: what was wrong is mended, perhaps", async () => {
    const { id } = await watchedService();
    const down = () => new SourceError("unreachable", "The host is down.");
    world.sourceCode.failNext(...Array.from({ length: 6 }, down));
    await world.advance(40 * MINUTE_MS);
    const asked = world.headsAsked;
    await world.operated(id, { type: "UPDATE_SERVICE" });
    await world.advance(20_000);
    expect(world.headsAsked).toBe(asked + 1);
    expect(await world.watch(id)).toMatchObject({ check: { problem: "The host is down." } });
    await world.operated(id, { type: "UPDATE_SERVICE" });
    await world.advance(20_000);
    expect(await world.watch(id)).toMatchObject({ check: { problem: null } });
  });

  it("holds up no other", async () => {
    const { id } = await watchedService();
    const other = await world.aCodeService({ repositoryUrl: "https://git.example.com/nobody/nothing.git" });
    const second = world.sourceCode.push(REPOSITORY);
    await world.advance(MINUTE_MS);
    expect(await world.deployments(id)).toEqual([`poll ${second.id}`]);
    expect((await world.watch(other.id)).check?.problem).toContain("no branch");
  });
});

describe("A source directory", () => {
  async function watchedDirectory() {
    const first = world.sourceCode.push(REPOSITORY);
    world.sourceCode.trees.set(first.id, "tree 1");
    const { id } = await world.aCodeService({ sourceDirectory: "/web" });
    await world.operated(id, { type: "CREATE_SERVICE", built: builtFrom(first, "tree 1") });
    await world.start();
    return id;
  }

  it("that a commit does not touch needs no deployment, and leaves no checkout", async () => {
    const id = await watchedDirectory();
    const elsewhere = world.sourceCode.push(REPOSITORY);
    world.sourceCode.trees.set(elsewhere.id, "tree 1");
    await world.advance(3 * MINUTE_MS);
    expect(await world.deployments(id)).toEqual([]);
    expect(await world.watch(id)).toMatchObject({ handledVersion: elsewhere.id });
    expect(world.sourceCode.calls.filter((call) => call.startsWith("checkout"))).toHaveLength(1);
    expect(world.sourceCode.checkouts.size).toBe(0);
  });

  it("that a commit touches is deployed", async () => {
    const id = await watchedDirectory();
    const within = world.sourceCode.push(REPOSITORY);
    world.sourceCode.trees.set(within.id, "tree 2");
    await world.advance(MINUTE_MS);
    expect(await world.deployments(id)).toEqual([`poll ${within.id}`]);
    expect(world.sourceCode.checkouts.size).toBe(0);
  });
});

describe("An image", () => {
  const NAME = "registry.example.com/team/web:1";
  const resolves = () => world.engine.calls.filter((call) => call.startsWith("resolveDigest")).length;

  it("is asked for each five minutes without a pull, and deployed when its tag moves", async () => {
    const image = world.engine.addRegistryImage(NAME, { digest: "sha256:one" });
    const { id } = await world.anImageService(NAME);
    await world.operated(id, { type: "CREATE_SERVICE", image });
    await world.start();
    await world.advance(20 * MINUTE_MS);
    expect(resolves()).toBeGreaterThanOrEqual(4);
    expect(resolves()).toBeLessThanOrEqual(6);
    world.engine.addRegistryImage(NAME, { digest: "sha256:two" });
    await world.advance(5 * MINUTE_MS);
    expect(await world.deployments(id)).toEqual(["poll sha256:two"]);
    expect(world.engine.calls.some((call) => call.startsWith("pullImage"))).toBe(false);
  });

  it("that was rolled back by hand stays so, also through a change of settings before the next poll", async () => {
    const one = world.engine.addRegistryImage(NAME, { digest: "sha256:one" });
    const { id, configuration } = await world.anImageService(NAME);
    await world.operated(id, { type: "CREATE_SERVICE", image: one });
    await world.start();
    const two = world.engine.addRegistryImage(NAME, { digest: "sha256:two" });
    await world.operated(id, { image: two });
    await world.operated(id, { image: one, fromReleaseNumber: 1 });
    await world.operated(id, { type: "UPDATE_SERVICE", image: one, previousConfiguration: configuration });
    await world.advance(20 * MINUTE_MS);
    expect(await world.deployments(id)).toEqual([]);
  });

  it("that took another's place is deployed when its tag moves to what the other was", async () => {
    const one = world.engine.addRegistryImage("registry.example.com/team/web:0", { digest: "sha256:one" });
    const { id, configuration } = await world.anImageService("registry.example.com/team/web:0");
    await world.operated(id, { type: "CREATE_SERVICE", image: one });
    const source = (await world.anImageService(NAME)).configuration.source;
    const two = world.engine.addRegistryImage(NAME, { digest: "sha256:two" });
    await world.store.services.save({
      ...(await world.service(id)),
      configuration: { ...configuration, source },
    });
    await world.operated(id, { type: "UPDATE_SERVICE", image: two, previousConfiguration: configuration });
    await world.start();
    world.engine.addRegistryImage(NAME, { digest: "sha256:one" });
    await world.advance(5 * MINUTE_MS);
    expect(await world.deployments(id)).toEqual(["poll sha256:one"]);
  });

  it("that only this engine has is followed by its id there", async () => {
    const image = world.engine.addLocalImage("web:1", { imageId: "sha256:local-1" });
    const { id } = await world.anImageService("web:1");
    await world.operated(id, { type: "CREATE_SERVICE", image });
    await world.start();
    expect(await world.deployments(id)).toEqual([]);
    world.engine.addLocalImage("web:1", { imageId: "sha256:local-2" });
    await world.advance(5 * MINUTE_MS);
    expect(await world.deployments(id)).toEqual(["poll sha256:local-2"]);
    expect(resolves()).toBe(0);
  });

  it("whose registry is away is not replaced by an older copy on the engine", async () => {
    const image = world.engine.addRegistryImage(NAME, { digest: "sha256:two", imageId: "sha256:image-2" });
    const { id } = await world.anImageService(NAME);
    await world.operated(id, { type: "CREATE_SERVICE", image });
    const away = new ImagePullError("unreachable", "The registry is away.");
    world.engine.failNextResolve(away);
    await world.start();
    expect(await world.deployments(id)).toEqual([]);
    expect(await world.watch(id)).toMatchObject({ check: { problem: "The registry is away." } });
  });

  it("named by its digest is never asked for", async () => {
    const { id } = await world.anImageService(`registry.example.com/team/web@sha256:${"a".repeat(64)}`);
    await world.start();
    await world.watcher.poke(id, "webhook");
    await world.advance(20 * MINUTE_MS);
    expect(world.engine.calls).toEqual([]);
    expect(await world.store.sourceWatches.get(id)).toBeNull();
  });
});

it("Services without automatic deployments cost nothing", async () => {
  const service = await world.aCodeService();
  const configuration = { ...service.configuration, autoDeploymentsEnabled: false };
  await world.store.services.save({ ...service, configuration });
  await world.start();
  await world.advance(10 * MINUTE_MS);
  expect(world.sourceCode.calls).toEqual([]);
  expect(world.looked).toEqual([]);
  expect(await world.store.sourceWatches.get(service.id)).toBeNull();
});

describe("Many services", () => {
  it("are all looked at in one round: the end of a look reads no record but its own", async () => {
    world.sourceCode.push(REPOSITORY);
    for (let count = 0; count < 200; count++) await world.aCodeService();
    const rounds = vi.spyOn(world.store.services, "listByStatus");
    await world.start();
    await vi.waitFor(() => expect(world.headsAsked).toBe(200), 20_000);
    expect(rounds).toHaveBeenCalledTimes(1);
  });

  it("wait their turn behind those that were pushed to, and no longer than those that wait as long", async () => {
    world.sourceCode.push(REPOSITORY);
    const names: string[] = [];
    for (let count = 0; count < 40; count++) {
      const repositoryUrl = `https://git.example.com/team/r${count}.git`;
      world.sourceCode.push(repositoryUrl);
      const { id } = await world.aCodeService({ repositoryUrl });
      const check = { atMs: world.clock.now() - (100 + count) * MINUTE_MS, problem: null, failureCount: 0 };
      await world.records.change(id, (present) => ({ ...present, check }));
      if (count === 7) await world.records.change(id, (present) => poked(present, "webhook"));
      names.push(`r${count}`);
    }
    await world.start();
    await vi.waitFor(() => expect(world.headsAsked).toBe(40), 20_000);
    const asked = world.sourceCode.calls.filter((call) => call.startsWith("head")).join("\n");
    const order = [...asked.matchAll(/r\d+(?=\.git)/g)].map(([name]) => name);
    expect(order[0]).toBe("r7");
    // Checks come up to 15 % earlier than their interval, which is less than a minute here.
    expect(order.slice(1)).toEqual(names.filter((name) => name !== "r7").toReversed());
  });
});
