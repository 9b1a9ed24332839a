/** The least a start can take: create and start one container of the image, ask it until it answers. No Slipway. */
import type Docker from "dockerode";
import { isOk, untilAnswer } from "../support/stopwatch.ts";

const PORT = 8080;
/** What App Runner gives a service that does not ask: 1 vCPU, 2 GB. */
const LIMITS = { NanoCpus: 1_000_000_000, Memory: 2_147_483_648 };

/** Milliseconds from the create call to the first 200. */
export async function measureFloor(docker: Docker, image: string): Promise<number> {
  const startMs = performance.now();
  const container = await docker.createContainer({ Image: image, HostConfig: LIMITS });
  try {
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const address = NetworkSettings.Networks["bridge"]?.IPAddress ?? "";
    await untilAnswer({ address, port: PORT, host: address }, isOk);
    return performance.now() - startMs;
  } finally {
    await container.remove({ force: true });
  }
}
