import { randomBytes } from "node:crypto";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../../test/support/images/build.ts";
import type { InstanceSpec } from "../ports/container-engine.ts";
import { DockerEngine } from "./docker-engine.ts";
import { Names } from "./naming.ts";

const socketPath = "/var/run/docker.sock";
const docker = new Docker({ socketPath });
const signal = () => AbortSignal.timeout(60_000);
const newId = () => randomBytes(16).toString("hex");

/** What an image says of itself: as much of a lie as Docker lets it tell. */
const claims = [
  `LABEL slipway.owner=${newId()}`,
  "LABEL slipway.role=sandbox",
  `LABEL slipway.instance=${newId()}`,
  "LABEL slipway.service=../../elsewhere",
  "LABEL slipway.release=99",
  "LABEL slipway.address=127.0.0.1",
  "LABEL slipway.port=22",
  "LABEL exitCode=banana",
  "LABEL name=somebody-else",
  "VOLUME /data",
  "EXPOSE 22",
  'HEALTHCHECK CMD ["/node", "-e", "process.exit(1)"]',
];

describe("An image that lies about itself", () => {
  const ownerId = newId();
  const names = new Names(ownerId);
  const engine = new DockerEngine({ socketPath, ownerId, sandboxPoolSize: 1 });
  const liar = `slipway-test/liar:${newId()}`;
  let images: TestImages;
  let imageId: string;

  beforeAll(async () => {
    images = await buildTestImages();
    const model = await docker.createContainer({ Image: images.appImageId });
    const [repo = "", tag = ""] = liar.split(":");
    await model.commit({ repo, tag, changes: claims.join("\n") });
    await model.remove({ v: true });
    imageId = (await docker.getImage(liar).inspect()).Id;
    await engine.prepare(signal());
  });
  afterAll(async () => {
    await engine.uninstall(signal());
    await docker.getImage(liar).remove();
    await images.remove();
  });

  const aSpec = (command: readonly string[]): InstanceSpec => ({
    instanceId: newId(),
    serviceId: "service",
    releaseNumber: 1,
    imageId,
    command,
    environment: { PORT: "8080" },
    port: 8080,
    cpuMillis: 1_000,
    memoryMiB: 256,
  });
  const inspect = async (instanceId: string) =>
    await docker.getContainer(names.instanceContainer(instanceId)).inspect();

  it("is listed as what it is, without its own health check", async () => {
    const spec = aSpec(["/node", "/app/server.js"]);
    const { address } = await engine.startInstance(spec, signal());
    expect(await engine.listInstances(signal())).toEqual([
      {
        instanceId: spec.instanceId,
        serviceId: "service",
        releaseNumber: 1,
        state: "running",
        address,
        port: 8080,
      },
    ]);
    expect((await inspect(spec.instanceId)).State.Health).toBeUndefined();
    await engine.removeInstance(spec.instanceId, signal());
  });

  it("leaves no anonymous volume behind", async () => {
    const spec = aSpec(["/node", "/app/server.js"]);
    await engine.startInstance(spec, signal());
    const volumes = (await inspect(spec.instanceId)).Mounts.map(({ Name }) => Name ?? "");
    expect(volumes).toHaveLength(1);
    await engine.removeInstance(spec.instanceId, signal());
    await expect(docker.getVolume(volumes[0] ?? "").inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it("cannot say with which code it ended", async () => {
    const stop = new AbortController();
    const events = engine.watch(stop.signal)[Symbol.asyncIterator]();
    await events.next();
    const spec = aSpec(["/node", "-e", "process.exit(7)"]);
    await engine.startInstance(spec, signal());
    expect((await events.next()).value).toEqual({
      type: "exited",
      instanceId: spec.instanceId,
      exit: { exitCode: 7, isOutOfMemory: false },
    });
    stop.abort();
    await engine.removeInstance(spec.instanceId, signal());
  });
});
