/** A deployment under load drops nothing: neither a quick request nor one that takes twenty seconds. Runs alone: it measures. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { openLoop, steadily, wrk } from "../support/load.ts";
import {
  createScaling,
  createService,
  listOperations,
  QUICK_HTTP,
  waitForStatus,
} from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const START_COMMAND = "/node /app/server.js";

let slipway: Installation;
let images: TestImages;

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create();
  await slipway.start();
});

afterAll(async () => {
  await slipway.remove();
  await images.remove();
});

describe("a deployment under load", () => {
  it("fails no request", async () => {
    const scalingArn = await createScaling(slipway, { name: "pair", minSize: 2 });
    const created = await createService(slipway, {
      name: "under-load",
      image: images.app,
      startCommand: START_COMMAND,
      healthCheck: QUICK_HTTP,
      scalingArn,
    });
    const { ServiceUrl: host, ServiceArn: arn } = await waitForStatus(slipway, created.ServiceArn, "RUNNING");
    const target = { edgePort: slipway.edgePort, host };
    const stop = new AbortController();
    const slow = slipway.fetch(host, "/slow?ms=20000", { timeoutMs: 40_000 });
    const load = [
      wrk(target, { connections: 8, durationS: 12, keepAlive: true }),
      wrk(target, { connections: 4, durationS: 12, keepAlive: false }),
      openLoop(target, { steps: steadily(50), keepAlive: true }, stop.signal),
      openLoop(target, { steps: steadily(20), keepAlive: false }, stop.signal),
    ];
    const clients = Promise.all(load);
    await slipway.aws(["start-deployment", "--service-arn", arn]);
    await waitForStatus(slipway, arn, "RUNNING");
    await slipway.aws(["start-deployment", "--service-arn", arn]);
    await waitForStatus(slipway, arn, "RUNNING");
    expect(await slow).toMatchObject({ status: 200 });
    stop.abort();
    for (const report of await clients) {
      expect(report.requests).toBeGreaterThan(50);
      expect(report.failures).toEqual([]);
    }
    const operations = await listOperations(slipway, arn);
    expect(operations.map(({ Status }) => Status)).toEqual(["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]);
    await waitFor(async () => (await slipway.containers()).length === 2, { what: "only the new set left" });
  });
});
