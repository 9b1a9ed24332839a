/** The gate before a slot, with real HAProxy: requests are told of, held, and let through, whatever happens meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { GateArrival } from "../ports/edge-traffic.ts";
import { until } from "./testing/client.ts";
import { signal, Workbench } from "./testing/workbench.ts";

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

const heardOf = (host: string): readonly GateArrival[] => heard.filter((arrival) => arrival.host === host);
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
    const body = "x".repeat(3_000_000);
    const post = bench.get("closed.test", "/", { method: "POST", body });
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
});
