import { randomBytes } from "node:crypto";
import Docker from "dockerode";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseImageReference } from "../domain/image-reference.ts";
import { ImagePullError } from "../ports/container-engine.ts";
import { DockerEngine } from "./docker-engine.ts";
import type { PullDeadlines } from "./pull-image.ts";
import { TestRegistry } from "./registry.test-support.ts";

const socketPath = "/var/run/docker.sock";
const docker = new Docker({ socketPath });
const signal = () => AbortSignal.timeout(60_000);

describe("Pulling", () => {
  const ownerId = randomBytes(16).toString("hex");
  const anEngine = (pullDeadlines?: PullDeadlines) =>
    new DockerEngine({ socketPath, ownerId, ...(pullDeadlines !== undefined && { pullDeadlines }) });
  const engine = anEngine();
  let registry: TestRegistry;
  const reference = (name: string) => parseImageReference(`${registry.host}/${name}`, "image");
  const problemOf = async (pull: Promise<unknown>): Promise<[string, string]> => {
    const error: unknown = await pull.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ImagePullError);
    return [(error as ImagePullError).problem, (error as ImagePullError).message];
  };

  beforeAll(async () => {
    registry = await TestRegistry.start();
  });
  afterEach(async () => {
    registry.credentials = null;
    registry.isSilent = false;
    await engine.collectImages(new Set(), signal());
  });
  afterAll(async () => {
    await registry.close();
  });

  it("resolves a tag to its digest, follows the tag, and collects what no release needs", async () => {
    const digest = await registry.push("team/app", "1", `first ${ownerId}`);
    const first = await engine.pullImage({ image: reference("team/app:1") }, signal());
    expect(first).toMatchObject({ digest, exposedPorts: [8080] });
    await engine.protectImage(first.imageId, "service-1", signal());

    const moved = await registry.push("team/app", "1", `second ${ownerId}`);
    const second = await engine.pullImage({ image: reference("team/app:1") }, signal());
    expect(second.digest).toBe(moved);
    expect(second.imageId).not.toBe(first.imageId);
    // Between its pull and its protection nothing collects an image.
    expect(await engine.collectImages(new Set(["service-1"]), signal())).toEqual({ removed: 0 });
    await engine.protectImage(second.imageId, "service-2", signal());

    expect(await engine.collectImages(new Set(["service-2"]), signal())).toEqual({ removed: 1 });
    const pinned = (wanted: string) => engine.findImage(reference(`team/app@${wanted}`), signal());
    expect(await pinned(digest)).toBeNull();
    expect(await pinned(moved)).toMatchObject({ imageId: second.imageId });
    expect(await engine.collectImages(new Set(), signal())).toEqual({ removed: 1 });
    expect(await pinned(moved)).toBeNull();
  });

  it("tells the digest of a tag as it moves, and loads nothing", async () => {
    const resolve = (credentials?: { readonly username: string; readonly password: string }) =>
      engine.resolveDigest(
        { image: reference("team/moving:1"), ...(credentials !== undefined && { credentials }) },
        signal(),
      );
    expect((await problemOf(resolve()))[0]).toBe("not-found");
    const first = await registry.push("team/moving", "1", `moving ${ownerId}`);
    expect(await resolve()).toBe(first);
    const second = await registry.push("team/moving", "1", `moved ${ownerId}`, "s390x");
    expect(await resolve()).toBe(second);
    registry.credentials = "me:s3cret-Word";
    expect((await problemOf(resolve()))[0]).toBe("unauthorized");
    expect(await resolve({ username: "me", password: "s3cret-Word" })).toBe(second);
    expect(await engine.findImage(reference("team/moving:1"), signal())).toBeNull();
    expect(await engine.findImage(reference(`team/moving@${second}`), signal())).toBeNull();
  });

  it("pulls by digest without asking again when the image is here", async () => {
    const digest = await registry.push("team/pinned", "1", `pinned ${ownerId}`);
    await engine.pullImage({ image: reference(`team/pinned@${digest}`) }, signal());
    registry.isSilent = true;
    const again = await engine.pullImage({ image: reference(`team/pinned@${digest}`) }, signal());
    expect(again.digest).toBe(digest);
    await engine.protectImage(again.imageId, "pinned", signal());
  });

  it("leaves an image that somebody else tagged too", async () => {
    await registry.push("team/shared", "1", `shared ${ownerId}`);
    const { imageId } = await engine.pullImage({ image: reference("team/shared:1") }, signal());
    await engine.protectImage(imageId, "shared", signal());
    const [repo, tag] = [`slipway-test/${ownerId.slice(0, 12)}`, "mine"];
    await docker.getImage(imageId).tag({ repo, tag });
    expect(await engine.collectImages(new Set(), signal())).toEqual({ removed: 0 });
    expect((await docker.getImage(imageId).inspect()).RepoTags).toEqual([`${repo}:${tag}`]);
    await docker.getImage(imageId).remove({ force: true }); // with its digest
  });

  it("gives credentials to the registry and never shows them", async () => {
    await registry.push("team/private", "1", `private ${ownerId}`);
    registry.credentials = "me:s3cret-Word";
    const image = reference("team/private:1");
    const wrong = { username: "me", password: "an0ther-Word" };
    const [problem, message] = await problemOf(engine.pullImage({ image, credentials: wrong }, signal()));
    expect(problem).toBe("unauthorized");
    expect(message).not.toContain(wrong.password);
    expect((await problemOf(engine.pullImage({ image }, signal())))[0]).toBe("unauthorized");
    const credentials = { username: "me", password: "s3cret-Word" };
    const { imageId } = await engine.pullImage({ image, credentials }, signal());
    await engine.protectImage(imageId, "private", signal());
  });

  it("says that there is no such image or tag", async () => {
    const [problem, message] = await problemOf(
      engine.pullImage({ image: reference("team/app:none") }, signal()),
    );
    expect(problem).toBe("not-found");
    expect(message).toContain("team/app:none");
  });

  it("says that the image is for another architecture before it is loaded", async () => {
    await registry.push("team/foreign", "1", `foreign ${ownerId}`, "s390x");
    const [problem, message] = await problemOf(
      engine.pullImage({ image: reference("team/foreign:1") }, signal()),
    );
    expect(problem).toBe("platform");
    expect(message).toContain("linux/s390x");
  });

  it("gives up a registry that says nothing", async () => {
    registry.isSilent = true;
    const hasty = anEngine({ resolveMs: 300, silenceMs: 300 });
    const begun = Date.now();
    const [problem] = await problemOf(hasty.pullImage({ image: reference("team/app:1") }, signal()));
    expect(problem).toBe("unreachable");
    expect(Date.now() - begun).toBeLessThan(5_000);
  });
});
