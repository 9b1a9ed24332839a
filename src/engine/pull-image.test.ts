import { expect, it } from "vitest";
import { DockerEngine } from "./docker-engine.ts";

it("a registry that is not to be asked is not named to the engine", async () => {
  const engine = new DockerEngine({
    socketPath: "/nowhere/docker.sock",
    ownerId: "0123456789abcdef",
    problemOfRegistry: async (registry) => await Promise.resolve(`${registry} is no place`),
  });
  const request = { image: { registry: "169.254.169.254", repository: "latest/meta-data", tag: "1" } };
  const refusal = { name: "ImagePullError", problem: "place", message: "169.254.169.254 is no place" };
  const signal = AbortSignal.timeout(5_000);
  await expect(engine.resolveDigest(request, signal)).rejects.toMatchObject(refusal);
  await expect(engine.pullImage(request, signal)).rejects.toMatchObject(refusal);
});
