/** What is measured of a service under real load is what its clients saw, and stays so when processes die. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PauseServiceCommand } from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../src/edge/runtime-socket.ts";
import type { MetricName } from "../../src/domain/metric.ts";
import { MetricStore } from "../../src/observe/metrics/metric-store.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { openLoop, steadily } from "../support/load.ts";
import { createService, sdk, type ServiceView, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";
import { runWrk, WRK_CONNECTIONS } from "../support/wrk.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Values are written every ten seconds. */
const WRITTEN_MS = 25_000;

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

/** Since the beginning, in one point; null: no value yet. */
async function all(metric: MetricName) {
  const serviceId = service.ServiceId ?? "";
  const endMs = Math.ceil(Date.now() / DAY_MS) * DAY_MS;
  const range = { startMs: endMs - 2 * DAY_MS, endMs, periodMs: 2 * DAY_MS };
  const points = await metrics.read({ metric, serviceId, instanceId: null, ...range });
  return points.length === 0 ? null : points;
}

async function total(metric: MetricName): Promise<number> {
  return ((await all(metric)) ?? []).reduce((sum, point) => sum + point.sum, 0);
}

/** When everything until now has been written: what comes after two rounds is in another bucket. */
async function settled(metric: MetricName, atLeast: number): Promise<number> {
  await waitFor(async () => (await total(metric)) >= atLeast, {
    what: `${atLeast} in ${metric}`,
    timeoutMs: WRITTEN_MS,
    everyMs: 200,
  });
  return total(metric);
}

const target = () => ({ edgePort: slipway.edgePort, host: service.ServiceUrl });

async function send(count: number): Promise<void> {
  const steps = [{ requestsPerSecond: 200, durationMs: count * 5 }];
  const report = await openLoop(target(), { steps, keepAlive: true }, new AbortController().signal);
  expect(report).toMatchObject({ requests: count, failures: [] });
}

describe("metrics of a service", () => {
  it("count each request once, with its status and bytes", async () => {
    await send(1000);
    expect(await settled("Requests", 1000)).toBe(1000);
    expect(await total("2xxStatusResponses")).toBe(1000);
    expect(await total("5xxStatusResponses")).toBe(0);
    expect(await total("EgressBytes")).toBeGreaterThan(1000);
    const concurrency = await waitFor(() => all("Concurrency"), {
      what: "concurrency",
      timeoutMs: WRITTEN_MS,
      everyMs: 200,
    });
    expect(concurrency[0]?.maximum).toBeGreaterThanOrEqual(0);
    expect((await all("ProvisionedInstances"))?.[0]?.maximum).toBe(1);
    await waitFor(async () => (await total("MemoryUtilization")) > 0, {
      what: "memory",
      timeoutMs: 2 * MINUTE_MS,
    });
    const series = await metrics.list(Date.now() - MINUTE_MS);
    expect(series.filter(({ instanceId }) => instanceId !== null).map(({ metric }) => metric)).toContain(
      "MemoryUtilization",
    );
  });

  it("agree with wrk, but for the requests it left at its end", async () => {
    const before = await total("Requests");
    const { requests } = await runWrk({ ...target(), seconds: 5 });
    const counted = (await settled("Requests", before + requests)) - before;
    expect(counted).toBeGreaterThanOrEqual(requests);
    expect(counted).toBeLessThanOrEqual(requests + WRK_CONNECTIONS);
    expect((await all("Concurrency"))?.[0]?.maximum).toBeGreaterThan(1);
  });

  it("lose and double nothing when the control plane is killed again and again under load", async () => {
    const before = await total("Requests");
    const stop = new AbortController();
    const load = openLoop(target(), { steps: steadily(100), keepAlive: true }, stop.signal);
    for (let times = 0; times < 3; times++) {
      const seen = await total("Requests");
      await settled("Requests", seen + 1);
      await slipway.kill();
      await slipway.start();
    }
    stop.abort();
    const { requests, failures } = await load;
    expect(failures).toEqual([]);
    expect((await settled("Requests", before + requests)) - before).toBe(requests);
  });

  it("lose ten seconds at most when the proxy is killed, and count nothing twice", async () => {
    const before = await total("Requests");
    await send(400);
    await settled("Requests", before + 400);
    await send(100);
    process.kill(await workerPid(), "SIGKILL");
    await waitFor(async () => (await slipway.fetch(service.ServiceUrl)).status === 200, {
      what: "an answer",
    });
    await send(300);
    const counted = (await settled("Requests", before + 700)) - before;
    expect(counted).toBeGreaterThanOrEqual(701);
    expect(counted).toBeLessThanOrEqual(820);
  });

  it("are told to Prometheus on this machine, every name of the dashboard among them", async () => {
    const dashboard = readFileSync("docs/grafana/slipway.json", "utf8");
    const names = new Set(dashboard.match(/\b(?:slipway|process)_[a-z_]+\b/g));
    expect(names.size).toBeGreaterThan(15);
    const before = await total("Requests");
    await send(50);
    await settled("Requests", before + 50);
    await waitFor(
      async () => {
        const { body } = await slipway.api("/metrics");
        const missing = [...names].filter((name) => !new RegExp(`^${name}[ {]`, "m").test(body));
        if (missing.length > 0) throw new Error(`missing: ${missing.join(", ")}`);
        const [, count] =
          /^slipway_requests_total\{service="measured",[^}]*code="2xx"\} (\d+)$/m.exec(body) ?? [];
        return Number(count) >= 50;
      },
      { what: "metrics of the service", timeoutMs: 90_000, everyMs: 500 },
    );
  });

  it("count what is refused while it is paused, which `why` does not take for failures", async () => {
    const before = await total("5xxStatusResponses");
    const { Failed } = await recentRequests();
    await sdk(slipway).send(new PauseServiceCommand({ ServiceArn: service.ServiceArn }));
    await waitForStatus(slipway, service.ServiceArn ?? "", "PAUSED");
    for (let times = 0; times < 20; times++) {
      expect((await slipway.fetch(service.ServiceUrl)).status).toBe(503);
    }
    expect(await settled("5xxStatusResponses", before + 20)).toBe(before + 20);
    expect(await recentRequests()).toMatchObject({ Cuts: { refused: 20 }, Failed });
  });
});

interface RecentRequests {
  readonly Failed: number;
  readonly Cuts: Readonly<Record<string, number>>;
}

async function recentRequests(): Promise<RecentRequests> {
  const page = await slipway.slipway(["why", "measured", "--json"]);
  return (JSON.parse(page) as { readonly Requests: RecentRequests }).Requests;
}

/** Of the worker that serves now. */
async function workerPid(): Promise<number> {
  const socket = join(slipway.stateDirectory, "edge/run/haproxy.sock");
  const info = await runCommand(socket, "show info", new AbortController().signal);
  return Number(/^Pid: (\d+)$/m.exec(info)?.[1]);
}
