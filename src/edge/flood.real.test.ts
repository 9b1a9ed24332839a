/** Thousands of slow clients of one service, with real HAProxy: what they take from its neighbours, and from itself. */
import { createConnection, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { until } from "./testing/client.ts";
import type { Origin } from "./testing/origin.ts";
import { signal, Workbench } from "./testing/workbench.ts";

const SHOP = "shop.us-east-1.slipway.test";
const NEIGHBOUR = "neighbour.us-east-1.slipway.test";
const CLIENTS = ["127.0.0.9", "127.0.0.10", "127.0.0.11", "127.0.0.12"];
const CONCURRENCY = 50;
const QUEUE = 10;

/** What each of the four does, as often as this: 2,000 connections in all. */
const WAYS: readonly (readonly [number, string])[] = [
  [150, ""],
  [150, `GET / HTTP/1.1\r\nHost: ${SHOP}\r\nX-Slow: `],
  [100, `GET / HTTP/1.1\r\nHost: ${SHOP}\r\n\r\n`],
  [100, `POST /length HTTP/1.1\r\nHost: ${SHOP}\r\nContent-Length: 1000\r\n\r\nx`],
];
const COUNT = CLIENTS.length * WAYS.reduce((sum, [count]) => sum + count, 0);

let bench: Workbench;
let shop: Origin;

beforeAll(async () => {
  bench = await Workbench.create();
  await bench.edge.prepare({ minimumSlots: 8 }, signal);
  shop = await bench.origin("shop");
  await bench.serve(1, shop, { maxConcurrency: CONCURRENCY });
  await bench.serve(2, await bench.origin("neighbour"), { maxConcurrency: CONCURRENCY });
  await bench.route(SHOP, 1, QUEUE);
  await bench.route(NEIGHBOUR, 2, QUEUE);
});
afterAll(async () => bench.dispose());

async function open(from: string): Promise<Socket> {
  const socket = createConnection({ port: bench.port, host: "127.0.0.1", localAddress: from });
  socket.on("error", () => undefined).resume();
  await new Promise((resolve) => socket.once("connect", resolve));
  return socket;
}

/** The slowest of a hundred requests, one after another. */
async function slowestMs(host: string): Promise<number> {
  let slowest = 0;
  for (let index = 0; index < 100; index += 1) {
    const began = performance.now();
    expect((await bench.get(host)).status).toBe(200);
    slowest = Math.max(slowest, performance.now() - began);
  }
  return slowest;
}

it("two thousand slow clients of one service leave its neighbour as it was, and the service its room", async () => {
  const held: Socket[] = [];
  for (const from of CLIENTS) {
    for (const [count, bytes] of WAYS) {
      for (let index = 0; index < count; index += 1) {
        const socket = await open(from);
        socket.write(bytes);
        held.push(socket);
      }
    }
  }
  expect(held.length).toBe(COUNT);
  await until(() => shop.peak() === CONCURRENCY, "the service to be full");
  expect(await slowestMs(NEIGHBOUR)).toBeLessThan(1_000);
  // Above what it may have at once nobody waits long, and no instance sees it.
  expect((await bench.get(SHOP)).status).toBe(429);
  expect(shop.peak()).toBe(CONCURRENCY);
  for (const socket of held) socket.destroy();
  await until(async () => (await bench.get(SHOP)).status === 200, "the service to have room again");
}, 120_000);
