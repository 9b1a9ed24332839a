/** What is measured of a service under real load is what its clients saw, and stays so when processes die. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../src/edge/runtime-socket.ts";
import type { MetricName } from "../../src/domain/metric.ts";
import { MetricStore } from "../../src/observe/metrics/metric-store.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { openLoop, steadily } from "../support/load.ts";
import { createService, type ServiceView, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const run = promisify(execFile);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Values are written every ten seconds. */
const WRITTEN_MS = 25_000;
const BUCKET_MS = 10_000;
const CONNECTIONS = 8;

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
    const { requests } = await wrk(5);
    const counted = (await settled("Requests", before + requests)) - before;
    expect(counted).toBeGreaterThanOrEqual(requests);
    expect(counted).toBeLessThanOrEqual(requests + CONNECTIONS);
    expect((await all("Concurrency"))?.[0]?.maximum).toBeGreaterThan(1);
  });

  it("have the percentiles that wrk saw, of timings at the edge", async () => {
    // Values of ten seconds are one: those of the load before must not be among them.
    const startMs = Math.ceil(Date.now() / BUCKET_MS) * BUCKET_MS;
    await waitFor(async () => Date.now() >= startMs, {
      what: "the next ten seconds",
      timeoutMs: 2 * BUCKET_MS,
    });
    // So slow that they are fewer than 100 a second: of more, the edge tells of a sample.
    const { requests, p50Ms, p99Ms } = await wrk(5, "/slow?ms=120");
    expect(p50Ms).toBeGreaterThan(115);
    const latency = await waitFor(
      async () => {
        const serviceId = service.ServiceId ?? "";
        const range = { startMs, endMs: startMs + DAY_MS, periodMs: DAY_MS };
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
    const leftShare = CONNECTIONS / requests;
    expect(latency.quantile(1.5 * leftShare)).toBeGreaterThan(0.98 * 120);
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
});

/** Of the worker that serves now. */
async function workerPid(): Promise<number> {
  const socket = join(slipway.stateDirectory, "edge/run/haproxy.sock");
  const info = await runCommand(socket, "show info", new AbortController().signal);
  return Number(/^Pid: (\d+)$/m.exec(info)?.[1]);
}

/** With kept connections; its summary. */
async function wrk(
  seconds: number,
  path = "/",
): Promise<{ readonly requests: number; readonly p50Ms: number; readonly p99Ms: number }> {
  const args = [
    "-t1",
    `-c${CONNECTIONS}`,
    `-d${seconds}s`,
    "--latency",
    `-HHost: ${service.ServiceUrl}`,
    `http://127.0.0.1:${slipway.edgePort}${path}`,
  ];
  const { stdout } = await run("wrk", args);
  expect(stdout).not.toContain("Non-2xx");
  const percentile = (name: string): number => {
    const [, value, unit] = new RegExp(`${name}%\\s+([\\d.]+)(us|ms|s)`).exec(stdout) ?? [];
    return Number(value) * (unit === "us" ? 0.001 : unit === "ms" ? 1 : 1000);
  };
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return { requests, p50Ms: percentile("50"), p99Ms: percentile("99") };
}
