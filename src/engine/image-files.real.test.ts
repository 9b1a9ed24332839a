import { randomBytes } from "node:crypto";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../../test/support/images/build.ts";
import { DockerEngine } from "./docker-engine.ts";

const socketPath = "/var/run/docker.sock";
const signal = () => AbortSignal.timeout(60_000);

describe("Files of an image", () => {
  const ownerId = randomBytes(16).toString("hex");
  const files = new DockerEngine({ socketPath, ownerId }).imageFiles;
  let images: TestImages;
  beforeAll(async () => {
    images = await buildTestImages();
  });
  afterAll(() => images.remove());

  const read = async (paths: readonly string[], maxBytes = 1_000_000) =>
    await files.read(images.appImageId, paths, maxBytes, signal());

  it("are read without running it: a file, what is right in a directory, and nothing for what is missing", async () => {
    const found = await read(["/etc/passwd", "/app", "/no/such/file", "/etc/passwd/below"]);
    expect([...(found?.keys() ?? [])]).toEqual(["/etc/passwd", "/app"]);
    expect(String(found?.get("/etc/passwd")?.[0])).toBe("root:x:0:0:root:/:/none\n");
    expect(String(found?.get("/app")?.[0])).toContain("The application of test images");
  });

  it("are bounded, and no container stays behind", async () => {
    expect(await read(["/node", "/etc/passwd"])).toMatchObject(
      new Map([
        ["/node", null],
        ["/etc/passwd", [expect.any(Buffer)]],
      ]),
    );
    // All that lies deeper counts as well, and names without content.
    expect((await read(["/etc"], 400))?.get("/etc")).toBeNull();
    const left = await new Docker({ socketPath }).listContainers({
      all: true,
      filters: { label: [`slipway.owner=${ownerId}`] },
    });
    expect(left).toEqual([]);
  });

  it("are none where the image is gone", async () => {
    const gone = `sha256:${"0".repeat(64)}`;
    expect(await files.read(gone, ["/etc/passwd"], 1_000, signal())).toBeNull();
    expect(await files.workingDirectory(gone, signal())).toBeNull();
  });
});
