/** What the edge tells of requests that come by other ways than plain HTTP, and of workers that a reload replaced. */
import { writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { RequestLogging } from "../ports/request-log.ts";
import { readProcesses } from "./haproxy-process.ts";
import { stopEdge } from "./supervisor.ts";
import { until } from "./testing/client.ts";
import { makeCertificate } from "./testing/certificates.ts";
import { Http2Client } from "./testing/http2-client.ts";
import { startHttp2Origin } from "./testing/http2-origin.ts";
import type { Origin } from "./testing/origin.ts";
import { ToldRequests } from "./testing/told-requests.ts";
import { serverOf, signal, Workbench } from "./testing/workbench.ts";

const LOGGED: RequestLogging = { hasAccessLog: true, isTraced: false };

let bench: Workbench;
let told: ToldRequests;
let origin: Origin;
let slots = 16;

beforeAll(async () => {
  bench = await Workbench.create();
  await bench.edge.prepare({ minimumSlots: slots }, signal);
  told = new ToldRequests(bench.edge);
  origin = await bench.origin("logged");
  await bench.serve(1, origin);
  await bench.route("logged.test", 1, 100, LOGGED);
  await bench.edge.setCertificate(await makeCertificate(["logged.test", "www.custom.test"]), signal);
});
afterAll(async () => {
  await told.close();
  await bench.dispose();
});

async function reload(): Promise<void> {
  slots += 16;
  await bench.edge.prepare({ minimumSlots: slots }, signal);
}

async function untilAlone(what: string): Promise<void> {
  await until(async () => (await readProcesses(bench.layout, signal)).oldWorkers.length === 0, what, 8_000);
}

it("tells of TLS under the own and under a custom name, of the latter without TLS too", async () => {
  await bench.getTls("logged.test", "/tls");
  expect(await told.one("/tls")).toMatchObject({ scheme: "https", host: "logged.test", slot: 1, weight: 1 });
  await bench.name("www.custom.test", "logged.test", { onHttp: "serve" });
  await bench.getTls("www.custom.test", "/custom");
  const custom = { host: "www.custom.test", serviceHost: "logged.test", slot: 1, isForAccessLog: true };
  expect(await told.one("/custom")).toMatchObject({ ...custom, scheme: "https" });
  await bench.get("www.custom.test", "/hop");
  expect(await told.one("/hop")).toMatchObject({ ...custom, scheme: "http", clientAddress: "127.0.0.1" });
});

it("tells of a redirect as the service's own", async () => {
  await bench.name("old.custom.test", "logged.test");
  await bench.get("old.custom.test", "/redirected");
  expect(await told.one("/redirected")).toMatchObject({
    serviceHost: "logged.test",
    status: 301,
    slot: null,
    cut: null,
    isForAccessLog: true,
  });
});

it("tells of each request of an HTTP/2 connection", async () => {
  const client = await Http2Client.connect(bench.tlsPort, "logged.test");
  await Promise.all([client.get("logged.test", "/h2-a"), client.get("logged.test", "/h2-b")]);
  client.session.destroy();
  for (const path of ["/h2-a", "/h2-b"])
    expect(await told.one(path)).toMatchObject({ scheme: "https", status: 200, instanceId: "logged" });
});

it("tells once of what goes to instances by HTTP/2", async () => {
  const grpc = await startHttp2Origin("grpc");
  try {
    await bench.edge.addServer(2, serverOf(grpc, { protocol: "h2c" }), signal);
    await bench.route("grpc.test", 2, 100, LOGGED);
    await bench.get("grpc.test", "/h2c");
    expect(await told.one("/h2c")).toMatchObject({ slot: 2, instanceId: "grpc", isForAccessLog: true });
  } finally {
    await grpc.close();
  }
});

it("tells of a WebSocket when it ends", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${bench.port}/socket`, { headers: { host: "logged.test" } });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  socket.send("hello");
  await new Promise((resolve) => socket.once("message", resolve));
  expect(told.of("/socket")).toEqual([]);
  socket.close();
  const record = await told.one("/socket");
  expect(record.status).toBe(101);
});

it("tells of a stream of three seconds when it ends, with its whole length", async () => {
  const answering = bench.get("logged.test", "/hold-stream");
  await delay(3_000);
  expect(told.of("/hold-stream")).toEqual([]);
  origin.release();
  await answering;
  const { timings } = await told.one("/hold-stream");
  expect(timings.totalMs).toBeGreaterThanOrEqual(2_900);
});

it("stops telling of all when it is not wanted any more, at once", async () => {
  await bench.route("logged.test", 1);
  await bench.get("logged.test", "/off");
  expect((await told.one("/off")).isForAccessLog).toBe(false);
  await bench.route("logged.test", 1, 100, LOGGED);
  await bench.get("logged.test", "/on-again");
  expect((await told.one("/on-again")).isForAccessLog).toBe(true);
});

it("does not keep an old worker longer than its clients do", async () => {
  const agent = new Agent({ keepAlive: true });
  await bench.get("logged.test", "/kept", { agent });
  await reload();
  agent.destroy();
  await untilAlone("the old worker to leave");
  expect(told.lost).toBe(0);
});

it("reads an old worker until its last request has ended, and lets it go then", async () => {
  const streaming = request({
    port: bench.port,
    host: "127.0.0.1",
    path: "/hold-old",
    headers: { host: "logged.test" },
  });
  const answered = new Promise((resolve) =>
    streaming.once("response", (answer) => answer.resume().once("end", resolve)),
  );
  streaming.end();
  await until(async () => (await bench.inFlight(1)) === 1, "the request to be in flight");
  await reload();
  await reload();
  expect((await readProcesses(bench.layout, signal)).oldWorkers).not.toEqual([]);
  origin.release();
  await answered;
  expect(await told.one("/hold-old")).toMatchObject({ status: 200, cut: null });
  await untilAlone("both old workers to leave");
  expect(told.lost).toBe(0);
});

it("reads old workers in another control plane too, and tells of each request once", async () => {
  const other = await bench.origin("other");
  await bench.serve(3, other);
  await bench.route("other.test", 3, 100, LOGGED);
  await bench.get("logged.test", "/read-before");
  await told.one("/read-before");
  const unread = bench.get("logged.test", "/hold-unread");
  const last = bench.get("other.test", "/hold-last");
  const areThere = async () => (await bench.inFlight(1)) === 1 && (await bench.inFlight(3)) === 1;
  await until(areThere, "the requests to be in flight");
  await reload();
  await told.close();
  origin.release();
  await unread;
  bench.edge = bench.anotherEdge();
  await reload();
  told = new ToldRequests(bench.edge);
  await told.one("/hold-unread");
  other.release();
  await last;
  await told.one("/hold-last");
  await untilAlone("the old workers to leave");
  expect(told.of("/hold-unread")).toHaveLength(1);
  expect(told.of("/read-before")).toEqual([]);
  expect(told.lost).toBe(0);
});

it("keeps an old worker that ends its last request while no control plane runs for the next one", async () => {
  const last = bench.get("logged.test", "/hold-away");
  await until(async () => (await bench.inFlight(1)) === 1, "the request to be in flight");
  await reload();
  await told.close();
  origin.release();
  await last;
  bench.edge = bench.anotherEdge();
  await reload();
  told = new ToldRequests(bench.edge);
  expect(await told.one("/hold-away")).toMatchObject({ status: 200, cut: null });
  await untilAlone("the old workers to leave");
  expect(told.lost).toBe(0);
});

it("keeps no more old workers than it reads when another control plane kept some", async () => {
  const held = [];
  for (let count = 1; count <= 3; count++) {
    held.push(bench.get("logged.test", "/hold-many"));
    await until(async () => (await bench.inFlight(1)) === count, "the request to be in flight");
    await reload();
  }
  await told.close();
  origin.release();
  await Promise.all(held);
  expect((await readProcesses(bench.layout, signal)).oldWorkers).toHaveLength(3);
  told = new ToldRequests(bench.edge);
  await untilAlone("the old workers to leave");
  expect(told.of("/hold-many")).toHaveLength(2);
});

it("takes a new worker for a new one, also when it has the process id of another before a restart of the machine", async () => {
  await told.close();
  const { worker } = await bench.pids();
  const before = [null, {}, { worker, startedAtS: 1, highest: { web: 1_000_000 } }];
  await writeFile(bench.layout.logPosition, JSON.stringify(before));
  told = new ToldRequests(bench.edge);
  await bench.get("logged.test", "/after-boot");
  expect((await told.one("/after-boot")).slot).toBe(1);
});

it("does not wait for kept old workers when it is stopped", async () => {
  const last = bench.get("logged.test", "/hold-stopped");
  await until(async () => (await bench.inFlight(1)) === 1, "the request to be in flight");
  await reload();
  await told.close();
  origin.release();
  await last;
  expect((await readProcesses(bench.layout, signal)).oldWorkers).toHaveLength(1);
  let isStopped = false;
  const stopping = stopEdge({ stateDirectory: bench.stateDirectory, drainMs: 20_000 });
  void stopping.then(() => (isStopped = true));
  await until(() => isStopped, "the edge to end", 8_000);
  await stopping;
});
