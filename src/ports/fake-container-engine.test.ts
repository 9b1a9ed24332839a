import { describe, expect, it } from "vitest";
import { parseImageReference } from "../domain/image-reference.ts";
import { describeContainerEngine } from "./container-engine.contract.ts";
import { ImagePullError, InstanceStartError } from "./container-engine.ts";
import { FakeContainerEngine } from "./fake-container-engine.ts";

const signal = new AbortController().signal;

describeContainerEngine("The fake", async () => {
  const engine = new FakeContainerEngine();
  engine.addLocalImage("slipway-test/app:1", { executables: ["/node"] });
  return await Promise.resolve({
    engine,
    reconnect: () => engine.reconnect(),
    image: parseImageReference("slipway-test/app:1", "image"),
    command: ["/node", "/app/server.js"],
    unreachableImage: parseImageReference("registry.invalid/app:1", "image"),
    exit: async ({ instanceId }, exitCode) => {
      await Promise.resolve(engine.exitInstance(instanceId, { exitCode }));
    },
    exhaustMemory: async ({ instanceId }) => {
      await Promise.resolve(engine.exitInstance(instanceId, { exitCode: 137, isOutOfMemory: true }));
    },
    count: async ({ instanceId }) => await engine.request(instanceId),
    burn: async ({ instanceId }, ms) => {
      await Promise.resolve(engine.useCpu(instanceId, ms));
    },
    writeLines: async ({ instanceId }, first, count) => {
      const lines = Array.from({ length: count }, (_, index) => `line ${first + index}`);
      await Promise.resolve(engine.writeOutput(instanceId, lines));
    },
    cleanUp: async () => {
      await Promise.resolve();
    },
  });
});

describe("levers of the fake", () => {
  const spec = (imageId: string, instanceId = "a".repeat(32)) => ({
    instanceId,
    serviceId: "service",
    releaseNumber: 1,
    imageId,
    command: null,
    environment: {},
    port: 8080,
    cpuMillis: 250,
    memoryMiB: 512,
  });

  it("fail the next start only", async () => {
    const engine = new FakeContainerEngine();
    const { imageId } = engine.addLocalImage("app:1");
    engine.failNextStart(new InstanceStartError("other", "as asked"));
    await expect(engine.startInstance(spec(imageId), signal)).rejects.toThrow("as asked");
    await expect(engine.startInstance(spec(imageId), signal)).resolves.toMatchObject({ port: 8080 });
  });

  it("hold starts until they are released", async () => {
    const engine = new FakeContainerEngine();
    const { imageId } = engine.addLocalImage("app:1");
    const release = engine.holdStarts();
    const start = engine.startInstance(spec(imageId), signal);
    expect(await engine.listInstances(signal)).toEqual([]);
    release();
    await start;
    expect(await engine.listInstances(signal)).toHaveLength(1);
  });

  it("lose an event and tell of a resync when the engine is back", async () => {
    const engine = new FakeContainerEngine();
    const { imageId } = engine.addLocalImage("app:1");
    await engine.startInstance(spec(imageId), signal);
    const stop = new AbortController();
    const events = engine.watch(stop.signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ type: "resync" });
    engine.setUnavailable("it was stopped");
    engine.exitInstance("a".repeat(32), { exitCode: 1, isSilent: true });
    await expect(engine.listInstances(signal)).rejects.toMatchObject({ entry: "EngineUnavailable" });
    engine.setUnavailable(null);
    expect((await events.next()).value).toEqual({ type: "resync" });
    expect(await engine.listInstances(signal)).toMatchObject([{ state: "exited" }]);
    stop.abort();
  });

  it("push images to a registry, where a tag can move", async () => {
    const engine = new FakeContainerEngine();
    const image = parseImageReference("registry.test/app:1", "image");
    const first = engine.addRegistryImage("registry.test/app:1");
    expect((await engine.pullImage({ image }, signal)).digest).toBe(first.digest);
    const digest = `sha256:${"b".repeat(64)}`;
    engine.addRegistryImage("registry.test/app:1", { imageId: `sha256:${"c".repeat(64)}`, digest });
    expect((await engine.pullImage({ image }, signal)).digest).toBe(digest);
    const unknown = parseImageReference("registry.test/other:1", "image");
    await expect(engine.pullImage({ image: unknown }, signal)).rejects.toBeInstanceOf(ImagePullError);
  });

  it("collect a pulled image with its last release, unless an instance uses it", async () => {
    const engine = new FakeContainerEngine();
    const image = parseImageReference("registry.test/app:1", "image");
    engine.addRegistryImage("registry.test/app:1");
    const { imageId } = await engine.pullImage({ image }, signal);
    await engine.protectImage(imageId, "service-1", signal);
    await engine.protectImage(imageId, "service-2", signal);
    expect(await engine.collectImages(new Set(["service-2"]), signal)).toEqual({ removed: 0 });
    expect(await engine.collectImages(new Set(), signal)).toEqual({ removed: 1 });
  });
});
