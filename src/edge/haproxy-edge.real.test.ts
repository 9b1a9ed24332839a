import { Agent } from "node:http";
import { createConnection } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { describeEdgeContract } from "../ports/edge.contract.ts";
import type { SlotLoad } from "../ports/edge-traffic.ts";
import { type Answer, exchangeRaw, get, startLoad, until } from "./testing/client.ts";
import { http2FrameTypes, http2Request } from "./testing/http2.ts";
import type { Origin } from "./testing/origin.ts";
import { serverOf, signal, Workbench } from "./testing/workbench.ts";

let bench: Workbench;
let live: Origin;

beforeAll(async () => {
  bench = await Workbench.create();
  await bench.edge.prepare({ minimumSlots: 32 }, signal);
  live = await bench.origin("live");
});
afterAll(async () => bench.dispose());

describeEdgeContract("HAProxy", { edge: () => bench.edge, livePort: () => live.port });

describe("routing", () => {
  it("sends a host's requests to its slot, whatever the case, port or final dot of the name", async () => {
    const blue = await bench.origin("blue");
    await bench.serve(8, blue);
    await bench.route("routed.test", 8);
    for (const host of ["routed.test", "ROUTED.test:8080", "routed.test."]) {
      expect(await bench.get(host)).toMatchObject({ status: 200, body: "blue" });
    }
  });

  it("answers 404 with a page for unknown hosts", async () => {
    const answer = await bench.get("nobody.test");
    expect(answer.status).toBe(404);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.body).toContain("No service is reachable under this host name");
  });

  it.each([
    ["paused", "paused", "60"],
    ["starting", "starting", "5"],
    ["failed", "failed", "60"],
  ] as const)("answers 503 with the reason while a service is %s", async (reason, word, retryAfter) => {
    await bench.edge.setRoute("refused.test", { kind: "refuse", reason }, signal);
    const answer = await bench.get("refused.test");
    expect(answer.status).toBe(503);
    expect(answer.body).toContain(word);
    expect(answer.headers["retry-after"]).toBe(retryAfter);
    await bench.edge.removeRoute("refused.test", signal);
    expect((await bench.get("refused.test")).status).toBe(404);
  });

  it("answers 503 with the reason for a slot without instances", async () => {
    await bench.route("empty.test", 9);
    const answer = await bench.get("empty.test");
    expect(answer).toMatchObject({
      status: 503,
      body: "This service has no healthy instance at the moment.\n",
    });
  });

  it("switches a host between slots under load without a failure", async () => {
    const [blue, green] = [await bench.origin("switch-blue"), await bench.origin("switch-green")];
    await bench.serve(10, blue);
    await bench.route("switch.test", 10);
    const load = startLoad({ port: bench.port, host: "switch.test" });
    for (const [slot, origin, oldSlot, old] of [
      [11, green, 10, blue],
      [10, blue, 11, green],
      [11, green, 10, blue],
    ] as const) {
      await bench.serve(slot, origin);
      await bench.route("switch.test", slot);
      await bench.edge.drainServer(oldSlot, old.name, signal);
      await until(async () => (await bench.inFlight(oldSlot)) === 0, "the old slot to be idle");
      await bench.edge.removeServer(oldSlot, old.name, signal);
      const seen = old.seen();
      await load.more(100);
      expect(old.seen()).toBe(seen);
    }
    await load.stop();
    expect([...load.counts.keys()].toSorted()).toEqual(["switch-blue 200", "switch-green 200"]);
  });
});

describe("concurrency", () => {
  it("gives each instance no more than its concurrency, queues up to the limit, and answers 429 beyond", async () => {
    const origin = await bench.origin("narrow");
    await bench.serve(12, origin, { maxConcurrency: 2 });
    await bench.route("narrow.test", 12, 3);
    const send = (count: number): Promise<Answer>[] =>
      Array.from({ length: count }, () => bench.get("narrow.test", "/hold"));
    const served = send(2);
    await until(async () => (await bench.inFlight(12)) === 2, "two requests in flight");
    const queued = send(3);
    await until(async () => (await bench.slot(12)).queued === 3, "three requests to wait");
    for (const { status, headers, tookMs } of await Promise.all(send(3))) {
      expect([status, headers["retry-after"]]).toEqual([429, "1"]);
      expect(tookMs).toBeLessThan(1_000);
    }
    expect(await bench.slot(12)).toMatchObject({ queued: 3, servers: [{ inFlight: 2 }] });
    // The queued ones wait 3 s, then get 429 too; the two in flight are answered.
    for (const { status, headers, tookMs } of await Promise.all(queued)) {
      expect([status, headers["retry-after"]]).toEqual([429, "1"]);
      expect(tookMs).toBeGreaterThan(2_500);
    }
    origin.release();
    expect((await Promise.all(served)).map(({ status }) => status)).toEqual([200, 200]);
    expect(origin.peak()).toBe(2);
  });

  it("answers 429 at once when nothing may wait", async () => {
    const origin = await bench.origin("no-queue");
    await bench.serve(13, origin, { maxConcurrency: 1 });
    await bench.route("no-queue.test", 13, 0);
    const first = bench.get("no-queue.test", "/hold");
    await until(async () => (await bench.inFlight(13)) === 1, "the first request");
    expect(await bench.get("no-queue.test")).toMatchObject({ status: 429, body: "Too many requests.\n" });
    origin.release();
    expect(await first).toMatchObject({ status: 200 });
    // HAProxy frees the place a moment after the client has its answer.
    await until(async () => (await bench.inFlight(13)) === 0, "the place to be free");
    expect(await bench.get("no-queue.test")).toMatchObject({ status: 200 });
  });

  it("lets a queued request through when an instance is added", async () => {
    const [first, second] = [await bench.origin("scale-1"), await bench.origin("scale-2")];
    await bench.serve(14, first, { maxConcurrency: 1 });
    await bench.route("scale.test", 14);
    const held = bench.get("scale.test", "/hold");
    await until(async () => (await bench.inFlight(14)) === 1, "the first request");
    const queued = bench.get("scale.test");
    await until(async () => (await bench.slot(14)).queued === 1, "the second request to wait");
    await bench.serve(14, second, { maxConcurrency: 1 });
    expect(await queued).toMatchObject({ status: 200, body: "scale-2" });
    first.release();
    await held;
  });

  it("leaves an instance's own 503 and 429 as they are", async () => {
    const origin = await bench.origin("own-status");
    await bench.serve(15, origin, { maxConcurrency: 1 });
    await bench.route("own-status.test", 15);
    for (const status of [503, 429]) {
      const answer = await bench.get("own-status.test", `/status/${status}`);
      expect(answer).toMatchObject({ status, body: "own-status" });
      expect(answer.headers["retry-after"]).toBeUndefined();
    }
  });

  it("asks another instance when one refuses the connection", async () => {
    const [dead, alive] = [await bench.origin("dead"), await bench.origin("alive")];
    await bench.serve(16, dead);
    await bench.serve(16, alive);
    await bench.route("redispatch.test", 16);
    await dead.close();
    for (let round = 0; round < 6; round += 1) {
      expect(await bench.get("redispatch.test")).toMatchObject({ status: 200, body: "alive" });
    }
  });

  it("prefers the instance with fewer requests", async () => {
    const [busy, idle] = [await bench.origin("busy"), await bench.origin("idle")];
    await bench.serve(17, busy);
    await bench.route("least.test", 17);
    const held = [bench.get("least.test", "/hold"), bench.get("least.test", "/hold")];
    await until(async () => (await bench.inFlight(17)) === 2, "two requests in flight");
    await bench.serve(17, idle);
    for (let round = 0; round < 4; round += 1) expect((await bench.get("least.test")).body).toBe("idle");
    busy.release();
    await Promise.all(held);
  });
});

describe("instances", () => {
  it("reuses its connections to an instance added at run time", async () => {
    const origin = await bench.origin("reused");
    await bench.serve(28, origin);
    await bench.route("reused.test", 28);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const statuses: number[] = [];
    for (let request = 0; request < 40; request++) {
      statuses.push((await bench.get("reused.test", "/", { agent })).status);
    }
    agent.destroy();
    expect(statuses).toEqual(Array.from({ length: 40 }, () => 200));
    expect(origin.connections()).toBeLessThanOrEqual(4);
  });

  it("drains: no new request, the old one ends by itself", async () => {
    const origin = await bench.origin("drained");
    await bench.serve(18, origin);
    await bench.route("drain.test", 18);
    const held = bench.get("drain.test", "/hold");
    await until(async () => (await bench.inFlight(18)) === 1, "the request");
    await bench.edge.drainServer(18, "drained", signal);
    expect((await bench.get("drain.test")).status).toBe(503);
    expect(await bench.slot(18)).toMatchObject({ servers: [{ isDraining: true, inFlight: 1 }] });
    origin.release();
    expect(await held).toMatchObject({ status: 200 });
  });

  it("cuts what is in flight when an instance is removed", async () => {
    const origin = await bench.origin("cut");
    await bench.serve(19, origin);
    await bench.route("cut.test", 19);
    const held = bench.get("cut.test", "/hold").catch((error: unknown) => error);
    await until(async () => (await bench.inFlight(19)) === 1, "the request");
    await bench.edge.removeServer(19, "cut", signal);
    expect(await bench.slot(19)).toEqual({ servers: [], queued: 0 });
    expect(await held).toSatisfy(
      (outcome) => outcome instanceof Error || (outcome as { status: number }).status >= 500,
    );
  });

  it("takes an instance out by its own HTTP check, with the path as configured, and in again", async () => {
    const origin = await bench.origin("checked");
    const healthCheck = {
      protocol: "HTTP",
      path: "/he alth;?q=ü",
      intervalS: 1,
      timeoutS: 1,
      unhealthyThreshold: 2,
    } as const;
    await bench.serve(20, origin, { healthCheck });
    await bench.route("checked.test", 20);
    await until(() => origin.checks.length > 0, "the first check");
    expect(origin.checks[0]).toBe("/he%20alth%3B?q=%C3%BC localhost");
    const health = async (): Promise<string | undefined> => (await bench.slot(20)).servers[0]?.health;
    await until(async () => (await health()) === "up", "the check to pass");
    origin.setCheckStatus(500);
    await until(async () => (await health()) === "down", "two checks to fail");
    expect((await bench.get("checked.test")).status).toBe(503);
    origin.setCheckStatus(302);
    await until(async () => (await health()) === "up", "the check to pass again");
    expect((await bench.get("checked.test")).status).toBe(200);
  });

  it("takes an instance out by its TCP check", async () => {
    const origin = await bench.origin("tcp-checked");
    await bench.serve(21, origin, { healthCheck: { intervalS: 1, timeoutS: 1, unhealthyThreshold: 1 } });
    await origin.close();
    await until(async () => (await bench.slot(21)).servers[0]?.health === "down", "the check to fail");
    await bench.route("tcp-checked.test", 21);
    expect((await bench.get("tcp-checked.test")).body).toContain("no healthy instance");
  });

  it("asks nothing of an instance whose check is off, counts it as up, and checks it again when told", async () => {
    const origin = await bench.origin("frozen");
    const healthCheck = { protocol: "HTTP", intervalS: 1, timeoutS: 1, unhealthyThreshold: 1 } as const;
    await bench.serve(29, origin, { healthCheck });
    origin.setCheckStatus(500);
    const state = async () => (await bench.slot(29)).servers[0];
    await until(async () => (await state())?.health === "down", "the check to fail");
    await bench.edge.setServerCheck(29, "frozen", false, signal);
    expect(await state()).toMatchObject({ isChecked: false, health: "up" });
    await bench.route("frozen.test", 29);
    expect((await bench.get("frozen.test")).body).toBe("frozen");
    // The other's check goes on: three rounds of it without one of this instance.
    const other = await bench.origin("not-frozen");
    await bench.serve(29, other, { healthCheck });
    const checks = origin.checks.length;
    await until(() => other.checks.length >= 3, "three checks of the other");
    expect(origin.checks.length).toBe(checks);
    expect(await state()).toMatchObject({ isChecked: false, health: "up" });
    await bench.edge.setServerCheck(29, "frozen", true, signal);
    await until(async () => (await state())?.health === "down", "the check to fail again");
    expect(await state()).toMatchObject({ isChecked: true });
  });

  it("follows a change of the kind of check with the route", async () => {
    const [tcp, http] = [await bench.origin("kind-tcp"), await bench.origin("kind-http")];
    await bench.route("kind.test", 22);
    await bench.serve(22, tcp);
    expect((await bench.get("kind.test")).body).toBe("kind-tcp");
    await bench.serve(22, http, { healthCheck: { protocol: "HTTP" } });
    expect((await bench.get("kind.test")).body).toBe("kind-http");
    await bench.edge.removeServer(22, "kind-tcp", signal);
    expect(await bench.get("kind.test")).toMatchObject({ status: 200, body: "kind-http" });
  });

  it.each([
    [{ instanceId: "x; shutdown" }, /instance id/],
    [{ address: "example.com" }, /IP address/],
    [{ port: 0 }, /port/],
    [{ maxConcurrency: 0.5 }, /concurrency/],
  ])("refuses a server that would break the configuration: %o", async (change, problem) => {
    await expect(bench.edge.addServer(0, { ...serverOf(live), ...change }, signal)).rejects.toThrow(problem);
  });

  it("refuses a host that is none", async () => {
    const route = { kind: "refuse", reason: "paused" } as const;
    await expect(bench.edge.setRoute("a b", route, signal)).rejects.toThrow(/not a host name/);
    await expect(bench.edge.setRoute("a;b", route, signal)).rejects.toThrow(/not a host name/);
  });
});

describe("load", () => {
  const load = async (...slots: readonly number[]): Promise<ReadonlyMap<number, SlotLoad>> => {
    const loads = await bench.edge.sampleLoad(slots, signal);
    if (loads === "unknown") throw new Error("the edge does not answer");
    return loads;
  };

  it("is what is in flight at each instance, what waits, and how many came", async () => {
    const [first, second] = [await bench.origin("load-1"), await bench.origin("load-2")];
    await bench.serve(30, first, { maxConcurrency: 2 });
    await bench.serve(30, second, { maxConcurrency: 1, healthCheck: { protocol: "HTTP" } });
    await bench.edge.drainServer(30, "load-2", signal);
    await bench.route("load.test", 30);
    expect((await load(30, 9, 1_000_000)).get(30)).toEqual({
      inFlight: new Map([
        ["load-1", 0],
        ["load-2", 0],
      ]),
      queued: 0,
      requestCount: 0,
    });
    expect((await load(30, 31, 1_000_000)).get(31)).toEqual({
      inFlight: new Map(),
      queued: 0,
      requestCount: 0,
    });
    expect((await load(1_000_000)).size).toBe(0);
    const socket = new WebSocket(`ws://127.0.0.1:${bench.port}/socket`, { headers: { host: "load.test" } });
    await new Promise((resolve) => socket.once("open", resolve));
    const held = Array.from({ length: 3 }, () => bench.get("load.test", "/hold"));
    const inFlight = new Map([
      ["load-1", 2],
      ["load-2", 0],
    ]);
    await until(async () => (await load(30)).get(30)?.queued === 2, "two requests to wait");
    expect((await load(30)).get(30)).toEqual({ inFlight, queued: 2, requestCount: 4 });
    socket.close();
    const releasing = setInterval(() => first.release(), 5);
    await Promise.all(held);
    clearInterval(releasing);
    await until(async () => (await load(30)).get(30)?.inFlight.get("load-1") === 0, "all to be answered");
  });
});

describe("requests", () => {
  beforeAll(async () => {
    await bench.serve(24, live);
    await bench.route("app.test", 24);
  });

  it("sets the forwarding headers and replaces what the client sent", async () => {
    const sent = {
      "X-Forwarded-For": "6.6.6.6",
      "x-forwarded-proto": "https",
      "X-Forwarded-Host": "evil.test",
      "X-Forwarded-Port": "1",
      "X-Forwarded-User": "root",
      X_Forwarded_For: "6.6.6.6",
      Forwarded: "for=6.6.6.6",
      "X-Real-IP": "6.6.6.6",
      "X-Request-Id": "mine",
      api_key: "kept",
      "X-Requested-With": "XMLHttpRequest",
    };
    const answer = await bench.get("app.test", "/headers", { headers: sent });
    const { "x-request-id": requestId, ...headers } = JSON.parse(answer.body) as Record<string, string>;
    expect(headers).toEqual({
      host: "app.test",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "app.test",
      "x-forwarded-port": String(bench.port),
      "x-requested-with": "XMLHttpRequest",
      api_key: "kept",
    });
    expect(requestId).toMatch(/^[0-9A-Za-z-]{16,}$/);
    const next = JSON.parse((await bench.get("app.test", "/headers")).body) as Record<string, string>;
    expect(next["x-request-id"]).not.toBe(requestId);
  });

  it("tells the host as the client wrote it, and each request of a kept connection from the others", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async () =>
      JSON.parse((await bench.get("APP.test:8080", "/headers", { agent })).body) as Record<string, string>;
    const [first, second] = [await ask(), await ask()];
    agent.destroy();
    for (const seen of [first, second])
      expect(seen).toMatchObject({ "x-forwarded-host": "APP.test:8080", "x-forwarded-for": "127.0.0.1" });
    expect(second["x-request-id"]).not.toBe(first["x-request-id"]);
  });

  it.each([
    ["folded", "app.test\r\n X-Evil: 1", /^HTTP\/1.1 404 /],
    ["with a bare CR", "app.test\rX-Evil: 1", /^HTTP\/1.1 400 /],
    ["with a bare LF", "app.test\nX-Evil: 1", /^HTTP\/1.1 200 [^]*"x-forwarded-host":"app.test"/],
  ])("adds no line to our headers for a host that is %s", async (_, host, answer) => {
    const sent = `GET /headers HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    expect(await exchangeRaw(bench.port, sent)).toMatch(answer);
  });

  it.each([
    [":authority", "app.test", "DATA"],
    [":authority", "app.test\r\nX-Evil: 1", "RST_STREAM"],
    ["host", "app.test\r\nX-Evil: 1", "RST_STREAM"],
    [":authority", "app.test\nX-Evil: 1", "RST_STREAM"],
    [":authority", "app.test\rX-Evil: 1", "RST_STREAM"],
  ])("takes HTTP/2 without TLS, and no line within %s: %j", async (name, host, frame) => {
    expect(http2FrameTypes(await exchangeRaw(bench.port, http2Request(name, host)))).toContain(frame);
  });

  it("does not let a client name headers of ours in Connection", async () => {
    const headers = { Connection: "close, X-Forwarded-For" };
    const seen = JSON.parse((await bench.get("app.test", "/headers", { headers })).body) as Record<
      string,
      string
    >;
    expect(seen["x-forwarded-for"]).toBe("127.0.0.1");
    expect(seen["connection"] ?? "").not.toMatch(/forwarded/i);
  });

  it("passes WebSockets", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${bench.port}/socket`, { headers: { host: "app.test" } });
    const reply = new Promise<string>((resolve, reject) => {
      socket.on("message", (data: Buffer) => resolve(data.toString()));
      socket.on("error", reject);
    });
    socket.on("open", () => socket.send("hello"));
    expect(await reply).toBe("hello");
    expect(await bench.inFlight(24)).toBe(1);
    socket.close();
    await until(async () => (await bench.inFlight(24)) === 0, "the socket to be closed");
  });

  it("passes server-sent events one by one, without delay", async () => {
    const socket = createConnection({ port: bench.port, host: "127.0.0.1" });
    let received = "";
    socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
    socket.write("GET /events HTTP/1.1\r\nHost: app.test\r\n\r\n");
    await until(() => received.includes("data: 1\n"), "the first event");
    const delays: number[] = [];
    for (let event = 2; event <= 12; event += 1) {
      const began = performance.now();
      live.release();
      await until(() => received.includes(`data: ${event}\n`), `event ${event}`);
      delays.push(performance.now() - began);
    }
    socket.destroy();
    // Nagle-like holding back would show as 200 ms each.
    expect(delays.toSorted((a, b) => a - b)[5]).toBeLessThan(100);
  });

  it("passes a body of any size both ways", async () => {
    const body = "x".repeat(3_000_000);
    expect(await bench.get("app.test", "/", { method: "POST", body })).toMatchObject({
      status: 200,
      body: "live",
    });
  });

  const refusedRequests: readonly (readonly [string, string, number])[] = [
    [
      "two content lengths",
      "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
      400,
    ],
    ["a signed content length", "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: +5\r\n\r\nhello", 400],
    [
      "a space before the colon",
      "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    [
      "an unknown transfer coding",
      "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    [
      "two transfer codings",
      "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    [
      "a bad chunk size",
      "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
      400,
    ],
    ["no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
    ["two hosts", "GET / HTTP/1.1\r\nHost: app.test\r\nHost: other.test\r\n\r\n", 400],
    ["a host that contradicts the target", "GET http://other.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n", 400],
    [
      "h2c by upgrade",
      "GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
      400,
    ],
    [
      "h2c hidden behind websocket",
      "GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n",
      400,
    ],
    [
      "h2c in a second upgrade header",
      "GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n\r\n",
      400,
    ],
    ["TRACE", "TRACE / HTTP/1.1\r\nHost: app.test\r\n\r\n", 405],
    ["CONNECT", "CONNECT app.test:80 HTTP/1.1\r\nHost: app.test:80\r\n\r\n", 405],
  ];
  it.each(refusedRequests)("refuses %s", async (_what, bytes, status) => {
    const before = live.seen();
    const answer = await exchangeRaw(bench.port, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(live.seen()).toBe(before);
  });

  it("takes Content-Length with Transfer-Encoding as one request, never as two", async () => {
    const before = live.seen();
    const smuggled = "GET /smuggled HTTP/1.1\r\nHost: app.test\r\n\r\n";
    const bytes = `POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: ${smuggled.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    const answer = await exchangeRaw(bench.port, bytes, 300);
    expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
    expect(live.seen() - before).toBeLessThanOrEqual(1);
  });
});

describe("growth", () => {
  it("declares more slots by a reload under load without a failure, and keeps counting old requests", async () => {
    const origin = await bench.origin("grown");
    await bench.serve(25, origin);
    await bench.route("grown.test", 25);
    const load = startLoad({ port: bench.port, host: "grown.test" });
    const held = bench.get("grown.test", "/hold");
    await until(async () => (await bench.inFlight(25)) >= 1, "the long request");
    for (const minimumSlots of [40, 41, 42]) {
      await load.more(50);
      await bench.edge.prepare({ minimumSlots }, signal);
      await load.more(50);
    }
    await load.stop();
    expect([...load.counts.keys()]).toEqual(["grown 200"]);
    expect(await bench.inFlight(25)).toBe(1);
    const sampled = async (): Promise<unknown> => {
      const loads = await bench.edge.sampleLoad([25], signal);
      return loads === "unknown" ? loads : loads.get(25)?.inFlight.get("grown");
    };
    expect(await sampled()).toBe(1);
    origin.release();
    expect(await held).toMatchObject({ status: 200 });
    await until(async () => (await bench.inFlight(25)) === 0, "the old worker's request to end");
    expect(await sampled()).toBe(0);
    await bench.serve(41, origin);
    await bench.route("grown.test", 41);
    expect((await bench.get("grown.test")).body).toBe("grown");
  });

  it("does not send a connection of the old worker to an instance that is gone", async () => {
    const [old, fresh] = [await bench.origin("handed-old"), await bench.origin("handed-new")];
    await bench.serve(26, old);
    await bench.route("handed.test", 26);
    const socket = createConnection({ port: bench.port, host: "127.0.0.1" });
    let received = "";
    socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
    socket.write("GET / HTTP/1.1\r\nHost: handed.test\r\n\r\n");
    await until(() => received.includes("handed-old"), "the first answer");
    await bench.edge.prepare({ minimumSlots: 50 }, signal);
    await bench.serve(27, fresh);
    await bench.route("handed.test", 27);
    await bench.edge.removeServer(26, old.name, signal);
    await old.close();
    socket.write("GET /headers HTTP/1.1\r\nHost: handed.test\r\n\r\n");
    await until(() => received.includes("x-forwarded-for"), "the second answer");
    expect(received).toContain('"x-forwarded-for":"127.0.0.1"');
    socket.destroy();
  });
});

it("keeps working for keep-alive clients it has refused", async () => {
  const answers = await Promise.all([
    get({ port: bench.port, host: "x.test" }),
    get({ port: bench.port, host: "y.test" }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
});
