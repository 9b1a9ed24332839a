import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { defaultHealthCheck, type HealthCheck, type ProbeResult } from "../domain/health-check.ts";
import { probe } from "./probe.ts";

const servers: Server[] = [];
const sockets: Socket[] = [];
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

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function check(port: number, change: Partial<HealthCheck> = {}): Promise<ProbeResult> {
  const healthCheck = { ...defaultHealthCheck, protocol: "HTTP" as const, timeoutS: 1, ...change };
  return probe({ address: "127.0.0.1", port, healthCheck }, signal);
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

it("waits exactly as long as configured", async () => {
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

it("takes an open port for healthy by TCP", async () => {
  expect(await check(await listen(""), { protocol: "TCP" })).toEqual({ isHealthy: true });
});

it("ends with the caller's reason when it is aborted", async () => {
  const port = await listen("");
  const abort = new AbortController();
  const healthCheck = { ...defaultHealthCheck, protocol: "HTTP" as const, timeoutS: 20 };
  const running = probe({ address: "127.0.0.1", port, healthCheck }, abort.signal);
  abort.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
});
