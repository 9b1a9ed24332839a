/** What the edge tells of requests, as real HAProxy does. */
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RequestLogging } from "../ports/request-log.ts";
import { exchangeRaw, until } from "./testing/client.ts";
import { ToldRequests } from "./testing/told-requests.ts";
import { signal, Workbench } from "./testing/workbench.ts";

const LOGGED: RequestLogging = { hasAccessLog: true, isTraced: false };
const TRACED: RequestLogging = { hasAccessLog: false, isTraced: true };
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

let bench: Workbench;
let told: ToldRequests;

beforeAll(async () => {
  bench = await Workbench.create();
  await bench.edge.prepare({ minimumSlots: 16 }, signal);
  told = new ToldRequests(bench.edge);
  await bench.serve(1, await bench.origin("logged"));
  await bench.route("logged.test", 1, 100, LOGGED);
  await bench.serve(2, await bench.origin("traced"));
  await bench.route("traced.test", 2, 100, TRACED);
});
afterAll(async () => {
  await told.close();
  await bench.dispose();
});

it("tells who asked whom for what, and how it ended", async () => {
  const sentAtMs = Date.now();
  await bench.get("Logged.test:80", "/plain?secret=1");
  const record = await told.one("/plain");
  expect(record).toMatchObject({
    host: "logged.test",
    serviceHost: "logged.test",
    slot: 1,
    instanceId: "logged",
    method: "GET",
    status: 200,
    clientAddress: "127.0.0.1",
    scheme: "http",
    cut: null,
    trace: null,
    weight: 1,
  });
  expect(Math.abs(record.startedAtMs - sentAtMs)).toBeLessThan(2_000);
  expect(record.responseBytes).toBeGreaterThan(50);
});

it("gives a tab in the host no fields of its own", async () => {
  const count = told.all.length;
  await exchangeRaw(bench.port, "GET /tab HTTP/1.1\r\nHost: a\tslot_1\tforged\r\nConnection: close\r\n\r\n");
  await bench.get("logged.test", "/after-tab");
  await told.one("/after-tab");
  expect(told.all.slice(count).filter(({ instanceId }) => instanceId === "forged")).toEqual([]);
});

it("has the request id that the instance saw, and how long the gate held it", async () => {
  await bench.edge.setRoute(
    "logged.test",
    { kind: "slot", slot: 1, queueLimit: 100, gate: "closed", logging: LOGGED },
    signal,
  );
  const answering = bench.get("logged.test", "/headers");
  for await (const arrival of bench.edge.arrivals(AbortSignal.timeout(5_000))) {
    if (arrival.heldCount > 0) break;
  }
  await bench.route("logged.test", 1, 100, LOGGED);
  const seen = JSON.parse((await answering).body) as Record<string, string>;
  const record = await told.one("/headers");
  expect(record.requestId).toBe(seen["x-request-id"]);
  expect(Object.keys(seen)).not.toContain("x-slipway-held");
  expect(record.timings.heldMs).toBeGreaterThan(0);
  expect(record.timings.totalMs).toBeGreaterThanOrEqual(record.timings.heldMs ?? 0);
});

it("says who cut a request short: the client, the queue, the absence of instances", async () => {
  const leaving = request({
    port: bench.port,
    host: "127.0.0.1",
    path: "/hold",
    headers: { host: "logged.test" },
  });
  leaving.on("error", () => undefined).end();
  await until(async () => (await bench.inFlight(1)) === 1, "the request to be in flight");
  leaving.destroy();
  expect((await told.one("/hold")).cut).toBe("client-left");
  await bench.route("empty.test", 3, 100, LOGGED);
  await bench.get("empty.test", "/nobody");
  expect(await told.one("/nobody")).toMatchObject({ cut: "no-instance", status: 503, slot: 3 });
  await bench.serve(4, await bench.origin("small"), { maxConcurrency: 1 });
  await bench.route("small.test", 4, 0, LOGGED);
  const first = bench.get("small.test", "/hold-small");
  await until(async () => (await bench.inFlight(4)) === 1, "the place to be taken");
  await bench.get("small.test", "/full");
  expect(await told.one("/full")).toMatchObject({ cut: "queue-full", status: 429, slot: 4 });
  await bench.edge.removeServer(4, "small", signal);
  await first;
});

it("tells of refusals by the service's own host", async () => {
  await bench.edge.setRoute("paused.test", { kind: "refuse", reason: "paused", logging: LOGGED }, signal);
  await bench.get("paused.test", "/paused");
  expect(await told.one("/paused")).toMatchObject({
    slot: null,
    serviceHost: "paused.test",
    status: 503,
    cut: "refused",
  });
  await bench.get("nobody.test", "/nothing");
  await bench.get("logged.test", "/after-nothing");
  await told.one("/after-nothing");
  expect(told.of("/nothing")).toEqual([]);
});

it("tells of a sample of what is called often, and what each stands for", async () => {
  await bench.serve(5, await bench.origin("busy"));
  await bench.route("busy.test", 5);
  const COUNT = 3_000;
  for (let round = 0; round < COUNT / 20; round++) {
    await Promise.all(Array.from({ length: 20 }, () => bench.get("busy.test", "/busy")));
  }
  await bench.get("logged.test", "/after-busy");
  await told.one("/after-busy");
  const lines = told.of("/busy");
  const sum = lines.reduce((total, { weight }) => total + weight, 0);
  expect(lines.length).toBeLessThan(COUNT / 2);
  expect(Math.abs(sum - COUNT)).toBeLessThan(COUNT / 2);
});

describe("traces", () => {
  const headersSeen = async (
    headers: Record<string, string>,
    path: string,
  ): Promise<Record<string, string>> =>
    JSON.parse((await bench.get("traced.test", `/headers${path}`, { headers })).body) as Record<
      string,
      string
    >;

  it("continues a trace, with our span as the instance's parent", async () => {
    const traceparent = `00-${TRACE}-${PARENT}-01`;
    const seen = await headersSeen({ traceparent, tracestate: "a=b" }, "/continued");
    const { trace } = await told.one("/headers/continued");
    expect(trace).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
    expect(seen["traceparent"]).toBe(`00-${TRACE}-${trace?.spanId}-01`);
    expect(seen["tracestate"]).toBe("a=b");
    expect(seen["x-amzn-trace-id"]).toBe(
      `Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Parent=${trace?.spanId};Sampled=1`,
    );
  });

  it("accepts AWS's header, in any order", async () => {
    const amzn = `Sampled=1;Parent=${PARENT};Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)}`;
    await headersSeen({ "X-Amzn-Trace-Id": amzn }, "/amzn");
    expect((await told.one("/headers/amzn")).trace).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
  });

  it("heeds that a trace is not sampled", async () => {
    const seen = await headersSeen({ traceparent: `00-${TRACE}-${PARENT}-00` }, "/unsampled");
    expect(seen["traceparent"]).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    expect((await told.one("/headers/unsampled")).trace).toBeNull();
  });

  it.each([
    ["none", {}],
    ["zeros", { traceparent: `00-${"0".repeat(32)}-${PARENT}-01`, tracestate: "a=b" }],
    ["capitals", { traceparent: `00-${TRACE.toUpperCase()}-${PARENT}-01` }],
    ["version", { traceparent: `ff-${TRACE}-${PARENT}-01` }],
    ["longer", { traceparent: `00-${TRACE}-${PARENT}-01-x` }],
    ["hostile", { traceparent: "%[env(HOME)]\"';--", "X-Amzn-Trace-Id": "Root=1-x;Root=2" }],
  ])("begins a trace of its own: %s", async (name, headers) => {
    const seen = await headersSeen(headers, `/${name}`);
    const { trace } = await told.one(`/headers/${name}`);
    expect(trace?.parentSpanId).toBeNull();
    expect(trace?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(trace?.traceId).not.toBe(TRACE);
    expect(seen["traceparent"]).toBe(`00-${trace?.traceId}-${trace?.spanId}-01`);
    expect(seen["tracestate"]).toBeUndefined();
    const beganS = Number.parseInt(trace?.traceId.slice(0, 8) ?? "", 16);
    expect(Math.abs(beganS - Date.now() / 1000)).toBeLessThan(60);
  });

  it("leaves headers of services that are not traced alone", async () => {
    const headers = { traceparent: "mine" };
    const answer = await bench.get("logged.test", "/headers/untraced", { headers });
    expect(JSON.parse(answer.body)).toMatchObject({ traceparent: "mine" });
  });
});

it("goes on over a reload, a crash of HAProxy and another control plane, telling of each once", async () => {
  const held = bench.get("logged.test", "/hold-over-reload").catch(() => undefined);
  await until(async () => (await bench.inFlight(1)) === 1, "the request to be in flight");
  await bench.edge.prepare({ minimumSlots: 32 }, signal);
  await bench.get("logged.test", "/after-reload");
  await told.one("/after-reload");
  await told.close();
  await bench.get("logged.test", "/unread");
  bench.edge = bench.anotherEdge();
  await bench.edge.prepare({ minimumSlots: 32 }, signal);
  const before = told.all.length;
  told = new ToldRequests(bench.edge);
  await told.one("/unread");
  expect(before).toBeGreaterThan(0);
  expect(told.of("/after-reload")).toEqual([]);
  const { worker } = await bench.pids();
  process.kill(worker, "SIGKILL");
  await held;
  await until(
    async () => (await bench.get("logged.test", "/up").catch(() => null))?.status === 200,
    "it is back",
  );
  await bench.get("logged.test", "/after-crash");
  await told.one("/after-crash");
  expect(told.lost).toBe(0);
});
