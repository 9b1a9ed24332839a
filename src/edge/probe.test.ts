import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { createServer as createHttp2 } from "node:http2";
import { afterEach, describe, expect, it } from "vitest";
import { defaultHealthCheck, type HealthCheck, type ProbeResult } from "../domain/health-check.ts";
import type { InstanceProtocol } from "../domain/instance.ts";
import { Prober } from "./probe.ts";
import { MEASURED } from "../../test/support/processor-time.ts";

const servers: Pick<Server, "close">[] = [];
const sockets: Socket[] = [];
const prober = new Prober();
const signal = new AbortController().signal;

/** A server that answers each connection's first bytes with `answer` and then does as told. */
async function listen(answer: string, then: "end" | "reset" | "stay" = "stay"): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(answer);
      if (then === "end") socket.end();
      if (then === "reset") socket.resetAndDestroy();
    });
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A listener that stands still and whose queue is full: the kernel answers nobody any more. */
async function listenWithoutAccepting() {
  const worker = new Worker(
    `const server = require("node:net").createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      require("node:worker_threads").parentPort.postMessage(server.address().port);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`,
    { eval: true },
  );
  const [port] = (await once(worker, "message")) as [number];
  for (let waiting = 0; waiting < 4; waiting++) {
    const socket = createConnection(port, "127.0.0.1");
    socket.on("error", () => undefined);
    sockets.push(socket);
    if (waiting < 2) await once(socket, "connect");
  }
  return { port, end: () => worker.terminate() };
}

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function check(
  port: number,
  change: Partial<HealthCheck> = {},
  protocol: InstanceProtocol = "http1",
): Promise<ProbeResult> {
  const healthCheck = { ...defaultHealthCheck, protocol: "HTTP" as const, timeoutS: 1, ...change };
  return prober.probe({ address: "127.0.0.1", port, protocol, healthCheck }, signal);
}

it.each([200, 204, 301, 399])("takes status %i for healthy without waiting for the body", async (status) => {
  const port = await listen(`HTTP/1.1 ${status} X\r\nContent-Length: 1000\r\n\r\n`);
  expect(await check(port)).toEqual({ isHealthy: true });
});

it("reports a wrong status with the head of its body, cleaned", async () => {
  const port = await listen(
    `HTTP/1.1 500 X\r\nConnection: close\r\n\r\nno\n\tdatabase\u0000${"x".repeat(5_000)}`,
    "end",
  );
  const result = await check(port);
  expect(result).toMatchObject({ isHealthy: false, problem: "status", status: 500 });
  expect(result).toHaveProperty("bodyHead", `no database ${"x".repeat(188)}`);
});

it("reports a wrong status even when its body never comes", async () => {
  const port = await listen("HTTP/1.1 404 X\r\nContent-Length: 10\r\n\r\n");
  expect(await check(port)).toEqual({ isHealthy: false, problem: "status", status: 404 });
});

it("waits exactly as long as configured", MEASURED, async () => {
  const port = await listen("");
  const began = performance.now();
  expect(await check(port)).toEqual({ isHealthy: false, problem: "timeout" });
  expect(performance.now() - began).toBeGreaterThanOrEqual(990);
  expect(performance.now() - began).toBeLessThan(1_500);
});

it("tells a refused connection from one that was reset and from nonsense", async () => {
  const gone = await listen("");
  servers.at(-1)?.close();
  expect(await check(gone)).toEqual({ isHealthy: false, problem: "refused" });
  expect(await check(gone, { protocol: "TCP" })).toEqual({ isHealthy: false, problem: "refused" });
  expect(await check(await listen("", "reset"))).toEqual({ isHealthy: false, problem: "reset" });
  expect(await check(await listen("", "end"))).toEqual({ isHealthy: false, problem: "reset" });
  expect(await check(await listen("SSH-2.0-x\r\n"))).toEqual({ isHealthy: false, problem: "invalid-answer" });
});

describe("of an instance that speaks HTTP/2", () => {
  async function listenHttp2(): Promise<number> {
    const server = createHttp2((request, response) => {
      const path = request.url;
      if (path === "/silent") return;
      response.writeHead(Number(path.slice(1))).end(`${request.headers["user-agent"]} ${request.authority}`);
    });
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }
  const ask = async (port: number, path: string): Promise<ProbeResult> => check(port, { path }, "h2c");

  it("takes the same answers for healthy", async () => {
    const port = await listenHttp2();
    expect(await ask(port, "/204")).toEqual({ isHealthy: true });
    expect(await ask(port, "/503")).toEqual({
      isHealthy: false,
      problem: "status",
      status: 503,
      bodyHead: "Slipway-Health-Check localhost",
    });
  });

  it("tells silence from a refused connection, a reset and another protocol", async () => {
    expect(await ask(await listenHttp2(), "/silent")).toEqual({ isHealthy: false, problem: "timeout" });
    const gone = await listen("");
    servers.at(-1)?.close();
    expect(await ask(gone, "/")).toEqual({ isHealthy: false, problem: "refused" });
    expect(await ask(await listen("", "reset"), "/")).toEqual({ isHealthy: false, problem: "reset" });
    const other = await listen("HTTP/1.1 400 Bad Request\r\n\r\n", "end");
    expect(await ask(other, "/")).toEqual({ isHealthy: false, problem: "invalid-answer" });
  });
});

it("takes an open port for healthy by TCP", async () => {
  expect(await check(await listen(""), { protocol: "TCP" })).toEqual({ isHealthy: true });
});

it("probes by TCP again and again, whatever the last one met, and several at once", async () => {
  const port = await listen("");
  const gone = await listen("");
  servers.at(-1)?.close();
  for (let round = 0; round < 3; round++) {
    const ports = [port, gone, port, gone];
    const results = await Promise.all(ports.map((each) => check(each, { protocol: "TCP" })));
    const isHealthy = results.map((result) => result.isHealthy);
    expect(isHealthy).toEqual([true, false, true, false]);
  }
});

it("gives a TCP connection up at its deadline, or when it is aborted, and goes on with the next", async () => {
  const { port, end } = await listenWithoutAccepting();
  const healthCheck = { ...defaultHealthCheck, timeoutS: 0.05 };
  const target = { address: "127.0.0.1", port, protocol: "http1", healthCheck } as const;
  expect(await prober.probe(target, signal)).toEqual({ isHealthy: false, problem: "timeout" });
  const abort = new AbortController();
  const patient = { ...target, healthCheck: { ...healthCheck, timeoutS: 20 } };
  const running = prober.probe(patient, abort.signal);
  abort.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
  await end();
  expect(await check(await listen(""), { protocol: "TCP" })).toEqual({ isHealthy: true });
});

it("ends with the caller's reason when it is aborted", async () => {
  const port = await listen("");
  const abort = new AbortController();
  const healthCheck = { ...defaultHealthCheck, protocol: "HTTP" as const, timeoutS: 20 };
  const running = prober.probe({ address: "127.0.0.1", port, protocol: "http1", healthCheck }, abort.signal);
  abort.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
});
