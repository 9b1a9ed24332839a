/** The gate before a slot, with real HAProxy: requests are told of, held, and let through, whatever happens meanwhile. Runs alone: it measures. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm, stat } from "node:fs/promises";
import { Agent } from "node:http";
import { createConnection } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { GateArrival } from "../ports/edge-traffic.ts";
import { runCommand } from "./runtime-socket.ts";
import { until } from "./testing/client.ts";
import { ToldRequests } from "./testing/told-requests.ts";
import { signal, Workbench } from "./testing/workbench.ts";

const LARGE_BODY = "x".repeat(3_000_000);

let bench: Workbench;
/** Every arrival, and when. */
const heard: (GateArrival & { readonly atMs: number })[] = [];
let reading: AbortController;

function read(edge = bench.edge): AbortController {
  const stop = new AbortController();
  void (async () => {
    for await (const arrival of edge.arrivals(stop.signal))
      heard.push({ ...arrival, atMs: performance.now() });
  })();
  return stop;
}

const heardOf = (host: string): typeof heard => heard.filter((arrival) => arrival.host === host);
const isHeld = async (host: string, count: number): Promise<void> =>
  until(() => heardOf(host).at(-1)?.heldCount === count, `${count} held of ${host}`);

beforeAll(async () => {
  bench = await Workbench.create();
  await bench.edge.prepare({ minimumSlots: 16 }, signal);
  reading = read();
});
afterAll(async () => {
  reading.abort();
  await bench.dispose();
});

describe("a watched gate", () => {
  it("passes and tells at once, once a second however many come", async () => {
    await bench.serve(1, await bench.origin("watched"));
    await bench.gate("watched.test", 1, "watched");
    const began = performance.now();
    expect(await bench.get("WATCHED.test:80")).toMatchObject({ status: 200, body: "watched" });
    await until(() => heardOf("watched.test").length === 1, "the arrival");
    expect(heard.at(-1)).toMatchObject({ heldCount: 0 });
    expect((heard.at(-1)?.atMs ?? Infinity) - began).toBeLessThan(100);
    await Promise.all(Array.from({ length: 50 }, () => bench.get("watched.test")));
    expect(heardOf("watched.test").length).toBeLessThanOrEqual(1 + (performance.now() - began) / 1_000);
  });
});

describe("a closed gate", () => {
  it("holds a body of 3 MB, a WebSocket and 100 callers until it is opened", async () => {
    const origin = await bench.origin("opened");
    await bench.gate("closed.test", 2, "closed");
    const began = performance.now();
    const post = bench.get("closed.test", "/", { method: "POST", body: LARGE_BODY });
    await until(() => heardOf("closed.test").length > 0, "the first arrival");
    expect((heardOf("closed.test")[0]?.atMs ?? Infinity) - began).toBeLessThan(100);
    const socket = new WebSocket(`ws://127.0.0.1:${bench.port}/socket`, { headers: { host: "closed.test" } });
    const echoed = new Promise<string>((resolve, reject) => {
      socket.on("open", () => socket.send("hello"));
      socket.on("message", (data: Buffer) => resolve(data.toString()));
      socket.on("error", reject);
    });
    const gets = Array.from({ length: 100 }, () => bench.get("closed.test"));
    await isHeld("closed.test", 102);
    expect(origin.seen()).toBe(0);
    await bench.serve(2, origin);
    await bench.gate("closed.test", 2, "open");
    expect(await post).toMatchObject({ status: 200, body: "opened" });
    expect(await echoed).toBe("hello");
    socket.close();
    for (const answer of await Promise.all(gets))
      expect(answer).toMatchObject({ status: 200, body: "opened" });
  });

  it("lets the next request of a kept connection pass by itself", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await bench.serve(3, await bench.origin("kept"));
    await bench.gate("kept.test", 3, "closed");
    const held = bench.get("kept.test", "/", { agent });
    await isHeld("kept.test", 1);
    await bench.gate("kept.test", 3, "watched");
    expect(await held).toMatchObject({ status: 200, body: "kept" });
    expect(await bench.get("kept.test", "/", { agent })).toMatchObject({ status: 200, body: "kept" });
    agent.destroy();
  });

  it("answers the held with the reason when the host is refused, and 404 when it is gone", async () => {
    await bench.gate("failed.test", 4, "closed");
    await bench.gate("gone.test", 4, "closed");
    const [failed, gone] = [bench.get("failed.test"), bench.get("gone.test")];
    await isHeld("failed.test", 1);
    await isHeld("gone.test", 1);
    await bench.edge.setRoute("failed.test", { kind: "refuse", reason: "failed" }, signal);
    await bench.edge.removeRoute("gone.test", signal);
    expect(await failed).toMatchObject({ status: 503, body: expect.stringContaining("failed to start") });
    expect((await gone).status).toBe(404);
  });

  it("answers at once when it was opened too early: no request meets a gate twice", async () => {
    await bench.gate("early.test", 5, "closed");
    const held = bench.get("early.test");
    await isHeld("early.test", 1);
    await bench.gate("early.test", 5, "open");
    await bench.gate("early.test", 5, "closed");
    // Either it saw the gate open, or it is still held; never more than that.
    await bench.gate("early.test", 5, "open");
    expect(await held).toMatchObject({ status: 503, body: expect.stringContaining("no healthy instance") });
  });

  it("holds over a reload, and is told of by the new worker", async () => {
    const origin = await bench.origin("reloaded");
    await bench.gate("reload.test", 6, "closed");
    const post = bench.get("reload.test", "/", { method: "POST", body: LARGE_BODY });
    const gets = Array.from({ length: 20 }, () => bench.get("reload.test", "/headers"));
    await isHeld("reload.test", 21);
    await bench.edge.prepare({ minimumSlots: 20 }, signal);
    heard.length = 0;
    await isHeld("reload.test", 21);
    await bench.serve(6, origin);
    await bench.gate("reload.test", 6, "open");
    expect(await post).toMatchObject({ status: 200, body: "reloaded" });
    for (const { status, body } of await Promise.all(gets)) {
      expect(status).toBe(200);
      expect(JSON.parse(body)).toMatchObject({ "x-forwarded-for": "127.0.0.1" });
    }
  });

  it("is closed also for an HAProxy that was started anew", async () => {
    await bench.gate("crash.test", 7, "closed");
    const { worker } = await bench.pids();
    process.kill(worker, "SIGKILL");
    await until(async () => (await bench.pids().catch(() => ({ worker }))).worker !== worker, "a new worker");
    const held = bench.get("crash.test");
    await isHeld("crash.test", 1);
    await bench.serve(7, await bench.origin("crashed"));
    await bench.gate("crash.test", 7, "open");
    expect(await held).toMatchObject({ status: 200, body: "crashed" });
  });

  it("lets the held pass also when clients have all connections they may have", async () => {
    const ask = (text: string): Promise<string> => runCommand(bench.layout.runtimeSocket, text, signal);
    const limit = async (proxy: string): Promise<number> =>
      Number((await ask(`show stat ${proxy} 1 -1`)).split("\n")[1]?.split(",")[6]);
    const all = Number(/^Maxconn: (\d+)$/m.exec(await ask("show info"))?.[1]);
    const ofClients = await limit("web");
    const few = Math.floor((ofClients * 40) / all);
    await ask("set maxconn global 40");
    await ask(`set maxconn frontend web ${few}`);
    await bench.serve(10, await bench.origin("full"));
    await bench.gate("full.test", 10, "closed");
    const gets = Array.from({ length: 60 }, () => bench.get("full.test"));
    await isHeld("full.test", few);
    await bench.gate("full.test", 10, "open");
    for (const { status } of await Promise.all(gets)) expect(status).toBe(200);
    await ask(`set maxconn global ${all}`);
    await ask(`set maxconn frontend web ${ofClients}`);
  });

  it("counts no longer those whose clients left", async () => {
    await bench.gate("left.test", 8, "closed");
    const leavers = Array.from({ length: 5 }, () => createConnection(bench.port, "127.0.0.1"));
    for (const socket of leavers) socket.write("GET / HTTP/1.1\r\nHost: left.test\r\n\r\n");
    const stays = bench.get("left.test");
    await isHeld("left.test", 6);
    for (const socket of leavers) socket.destroy();
    await isHeld("left.test", 1);
    await bench.edge.setRoute("left.test", { kind: "refuse", reason: "paused" }, signal);
    expect((await stays).status).toBe(503);
  });
});

describe("who hears of arrivals", () => {
  it("hears of those that came while nobody did, also where a killed one left its socket", async () => {
    reading.abort();
    await bench.gate("unheard.test", 9, "closed");
    const held = bench.get("unheard.test");
    await until(async () => !(await exists(bench.layout.arrivalSocket)), "the socket to be gone");
    await leaveStaleSocket(bench.layout.arrivalSocket);
    const next = bench.anotherEdge();
    await next.prepare({ minimumSlots: 16 }, signal);
    reading = read(next);
    await isHeld("unheard.test", 1);
    await rm(bench.layout.arrivalSocket);
    await next.prepare({ minimumSlots: 16 }, signal);
    heard.length = 0;
    await isHeld("unheard.test", 1);
    reading.abort();
    reading = read();
    await bench.edge.setRoute("unheard.test", { kind: "refuse", reason: "paused" }, signal);
    expect((await held).status).toBe(503);
  });

  it("heeds nothing but lines on known hosts", async () => {
    await bench.gate("known.test", 9, "watched");
    const nonsense = ["nobody.test 1\n", "known.test\n", "known.test -1\n", "KNOWN.test 1\n", "\0\n\n"];
    for (const line of [...nonsense, "x".repeat(100_000)]) await send(bench.layout.arrivalSocket, line);
    await send(bench.layout.arrivalSocket, "known.test 7\n");
    await until(() => heardOf("known.test").length > 0, "the good line");
    expect(heardOf("known.test").map(({ heldCount }) => heldCount)).toEqual([7]);
    expect(heardOf("nobody.test")).toEqual([]);
  });
});

describe("limits and traces", () => {
  let strict: Workbench;
  let told: ToldRequests;

  beforeAll(async () => {
    strict = await Workbench.create();
    const edge = strict.anotherEdge({ gate: { holdMs: 500, heldPerHost: 3 } });
    await edge.prepare({ minimumSlots: 8 }, signal);
    strict.edge = edge;
    told = new ToldRequests(edge);
  });
  afterAll(async () => {
    await told.close();
    await strict.dispose();
  });

  it("answers 429 beyond what it holds for a host, and 503 to those it held for too long", async () => {
    await strict.gate("strict.test", 1, "closed");
    const answers = await Promise.all(Array.from({ length: 5 }, () => strict.get("strict.test")));
    const [first, second, ...late] = answers.toSorted((one, other) => other.status - one.status).toReversed();
    for (const full of [first, second]) {
      expect(full).toMatchObject({ status: 429, body: "Too many requests.\n" });
      expect(full?.headers["retry-after"]).toBe("1");
      expect(full?.tookMs).toBeLessThan(400);
    }
    for (const { status, body, headers, tookMs } of late) {
      expect([status, body]).toEqual([503, "This service did not start in time. Try again later.\n"]);
      expect(headers["retry-after"]).toBe("10");
      expect(tookMs).toBeGreaterThan(450);
    }
    const lines = () => told.all.filter(({ host }) => host === "strict.test");
    await until(() => lines().length === 5, "five lines");
    expect(lines().map(({ cut, slot }) => [cut, slot])).toEqual([
      ["queue-full", null],
      ["queue-full", null],
      ...late.map(() => ["no-instance", null]),
    ]);
  });

  it.each(["open", "watched", "closed"] as const)("leaves the same traces with the gate %s", async (gate) => {
    const host = `${gate}.traces.test`;
    await strict.serve(2, await strict.origin(`${gate}-traced`));
    await strict.gate(host, 2, gate);
    const headers = { "X-Forwarded-For": "6.6.6.6", "X-Request-Id": "mine", "X-Forwarded-User": "root" };
    const answering = strict.get(host, "/headers", { headers });
    if (gate === "closed") {
      await until(async () => (await heldBy(strict)) === 1, "the request to be held");
      await strict.gate(host, 2, "open");
    }
    const answer = await answering;
    const seen = JSON.parse(answer.body) as Record<string, string>;
    expect(seen).toEqual({
      host,
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": host,
      "x-forwarded-port": String(strict.port),
      "x-forwarded-proto": "http",
      "x-request-id": expect.stringMatching(/^\d+-\d+-\d+$/) as string,
    });
    await strict.get(host, "/later");
    await until(() => told.all.some((line) => line.host === host && line.path === "/later"), "a later line");
    expect(told.all.filter((line) => line.host === host && line.path === "/headers")).toMatchObject([
      {
        clientAddress: "127.0.0.1",
        scheme: "http",
        slot: 2,
        instanceId: `${gate}-traced`,
        status: 200,
        requestId: seen["x-request-id"],
      },
    ]);
    await strict.edge.removeServer(2, `${gate}-traced`, signal);
  });
});

/** HAProxy's own count of requests at closed gates. */
async function heldBy({ layout }: Workbench): Promise<number> {
  const row = (await runCommand(layout.runtimeSocket, "show stat closed 2 -1", signal)).split("\n")[1];
  return Number(row?.split(",")[4]);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** As a process leaves it that is killed while it listens. */
async function leaveStaleSocket(path: string): Promise<void> {
  const program = `require("node:net").createServer().listen(process.argv[1])`;
  const child = spawn(process.execPath, ["-e", program, path], { stdio: "ignore" });
  await until(() => exists(path), "the socket");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await exists(path)).toBe(true);
}

async function send(path: string, text: string): Promise<void> {
  const socket = createConnection(path);
  // A line without an end is cut off.
  socket.on("error", () => undefined);
  socket.end(text);
  socket.resume();
  await new Promise((resolve) => socket.once("close", resolve));
}
