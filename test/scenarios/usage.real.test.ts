/** What a service uses is metered, outlives the control plane, and is told also when the service is gone. */
import { DeleteServiceCommand } from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { createService, sdk, type ServiceView, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const REQUESTS = 25;
/** It is written each minute. */
const WRITTEN_MS = 90_000;
/** Each minute those that are half a minute old. */
const CARRIED_MS = 180_000;

let images: TestImages;
let slipway: Installation;
let service: ServiceView;

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create();
  await slipway.start();
  const { ServiceArn } = await createService(slipway, {
    name: "counted",
    image: images.app,
    startCommand: "/node /app/server.js",
    size: { Cpu: "1024", Memory: "2048" },
  });
  service = await waitForStatus(slipway, ServiceArn, "RUNNING");
});

afterAll(async () => {
  await slipway.remove();
  await images.remove();
});

async function readUsage() {
  const reply = await slipway.client().call("Slipway.GetUsage", { ServiceArn: service.ServiceArn });
  return reply.Total;
}

describe("usage", () => {
  it("is written each minute: the start, requests, and a minute of activity at least", async () => {
    for (let number = 0; number < REQUESTS; number++) {
      expect((await slipway.fetch(service.ServiceUrl)).status).toBe(200);
    }
    const usage = await waitFor(
      async () => {
        const now = await readUsage();
        // A minute may have ended between two of them.
        return now.Requests >= REQUESTS ? now : null;
      },
      { what: "usage in the store", timeoutMs: WRITTEN_MS },
    );
    expect(usage).toMatchObject({ Requests: REQUESTS, InstanceStarts: 1 });
    // One vCPU: hours of both are the same.
    expect(usage.VcpuHours * 3600).toBeGreaterThanOrEqual(60);
    expect(usage.VcpuHours).toBe(usage.ActiveInstanceHours);
    expect(usage.GbHours).toBeCloseTo(2 * usage.ProvisionedInstanceHours, 9);
    expect(usage.Cost).toBeCloseTo(usage.VcpuHours * 0.064 + usage.GbHours * 0.007, 9);
  });

  it("tells of the bytes of answers once, when the metrics have them", async () => {
    const counted = async () => (await readUsage()).EgressBytes;
    // A head and a short line each; those of one minute may be carried before those of the next.
    const bytes = await waitFor(
      async () => {
        const now = await counted();
        return now > REQUESTS * 100 && now;
      },
      { what: "bytes in the store", timeoutMs: CARRIED_MS },
    );
    expect(bytes).toBeLessThan(REQUESTS * 1000);
  });

  it("outlives kill -9, after which what runs is provisioned again and no start", async () => {
    const before = await readUsage();
    await slipway.kill();
    await slipway.start();
    expect((await readUsage()).Requests).toBe(REQUESTS);
    process.kill(slipway.servingPid(), "SIGTERM");
    await slipway.waitForExit();
    await slipway.start();
    const after = await readUsage();
    expect(after).toMatchObject({ Requests: REQUESTS, InstanceStarts: 1 });
    expect(after.ProvisionedInstanceHours).toBeGreaterThan(before.ProvisionedInstanceHours);
  });

  it("is a table for people, of deleted services too", async () => {
    await sdk(slipway).send(new DeleteServiceCommand({ ServiceArn: service.ServiceArn }));
    await waitForStatus(slipway, service.ServiceArn, "DELETED");
    const table = await slipway.slipway(["usage", "--by", "hour"]);
    expect(table).toMatch(/^counted \(deleted\) .* 25 +1 +\$0\.\d{4} {2}█+$/m);
    expect(table).toMatch(/App Runner would have charged \$0\.\d{4}\./);
  });
});
