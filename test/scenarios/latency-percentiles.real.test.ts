/**
 * Latencies as the edge tells them are those that a client saw. Runs alone: both look at the same requests, but what else the
 * machine does between the two is in one of them only.
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MetricStore } from "../../src/observe/metrics/metric-store.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { createService, type ServiceView, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";
import { runWrk, WRK_CONNECTIONS } from "../support/wrk.ts";

const DAY_MS = 24 * 3_600_000;
/** Values are written every ten seconds. */
const WRITTEN_MS = 25_000;
const APPLICATION_MS = 120;

let images: TestImages;
let slipway: Installation;
let service: ServiceView;
let metrics: MetricStore;

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create();
  await slipway.start();
  const { ServiceArn } = await createService(slipway, {
    name: "measured",
    image: images.app,
    startCommand: "/node /app/server.js",
  });
  service = await waitForStatus(slipway, ServiceArn, "RUNNING");
  metrics = new MetricStore({
    path: join(slipway.stateDirectory, "metrics.db"),
    report: (event) => {
      throw new Error(event);
    },
  });
});

afterAll(async () => {
  metrics.close();
  await slipway.remove();
  await images.remove();
});

it("have the percentiles that wrk saw, of timings at the edge", async () => {
  const endMs = Math.ceil(Date.now() / DAY_MS) * DAY_MS;
  // So slow that they are fewer than 100 a second: of more, the edge tells of a sample.
  const { requests, p50Ms, p99Ms } = await runWrk({
    edgePort: slipway.edgePort,
    host: service.ServiceUrl,
    seconds: 5,
    path: `/slow?ms=${APPLICATION_MS}`,
  });
  expect(p50Ms).toBeGreaterThan(0.95 * APPLICATION_MS);
  const latency = await waitFor(
    async () => {
      const serviceId = service.ServiceId ?? "";
      const range = { startMs: endMs - 2 * DAY_MS, endMs, periodMs: 2 * DAY_MS };
      const [point] = await metrics.read({
        metric: "RequestLatency",
        serviceId,
        instanceId: null,
        ...range,
      });
      return point !== undefined && point.count >= requests && point;
    },
    { what: "latencies of all requests", timeoutMs: WRITTEN_MS, everyMs: 200 },
  );
  // The edge's times are whole milliseconds; the client's have its own way to the edge in them.
  expect(Math.abs(latency.quantile(0.5) - p50Ms)).toBeLessThan(p50Ms * 0.1);
  expect(Math.abs(latency.quantile(0.99) - p99Ms)).toBeLessThan(p99Ms * 0.3);
  // All but those that wrk left unanswered at its end took as long as the application does.
  const leftShare = WRK_CONNECTIONS / requests;
  expect(latency.quantile(1.5 * leftShare)).toBeGreaterThan(0.98 * APPLICATION_MS);
});
