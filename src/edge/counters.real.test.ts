/** What the edge has counted, with real HAProxy: exact, over reloads, and by the process that counted it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SlotCounters, WorkerCounters } from "../ports/edge-traffic.ts";
import { until } from "./testing/client.ts";
import { ToldRequests } from "./testing/told-requests.ts";
import { signal, Workbench } from "./testing/workbench.ts";

let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.create({ gate: { holdMs: 300, heldPerHost: 2 } });
  await bench.edge.prepare({ minimumSlots: 20 }, signal);
});
afterAll(() => bench.dispose());

async function read(
  slots: readonly number[],
  hosts: readonly string[] = [],
): Promise<readonly WorkerCounters[]> {
  const counters = await bench.edge.readCounters({ slots, hosts }, signal);
  if (counters === "unknown") throw new Error("the edge does not answer");
  return counters;
}

function total(counters: readonly WorkerCounters[], slot: number): number {
  return counters.reduce((sum, { slots }) => sum + (slots.get(slot)?.requestCount ?? 0), 0);
}

it("counts requests by status, bytes of answers, and what is there now", async () => {
  await bench.serve(1, await bench.origin("counted"));
  await bench.route("counted.test", 1);
  for (const path of ["/", "/", "/status/302", "/status/404", "/status/500", "/status/503"]) {
    await bench.get("counted.test", path);
  }
  const held = bench.get("counted.test", "/hold");
  await until(async () => (await bench.inFlight(1)) === 1, "a request that is held");
  const [worker, ...others] = await read([1, 2]);
  expect(others).toEqual([]);
  const counters = worker?.slots.get(1) as SlotCounters;
  expect(counters).toMatchObject({ requestCount: 6, statusCounts: [0, 2, 1, 1, 2], presentCount: 1 });
  expect(counters.responseBytes).toBeGreaterThan(6 * "counted".length);
  expect(worker?.slots.get(2)).toMatchObject({ requestCount: 0, responseBytes: 0 });
  expect(worker?.worker).toMatch(/^\d+@\d+$/);
  expect(Math.abs((worker?.startedAtMs ?? 0) - Date.now())).toBeLessThan(120_000);
  await bench.edge.removeServer(1, "counted", signal);
  await held;
});

it("counts what the edge refuses itself: a slot without instances, and gates that are full or too late", async () => {
  await bench.route("empty.test", 3);
  expect((await bench.get("empty.test")).status).toBe(503);
  await bench.gate("closed.test", 4, "closed");
  const answers = await Promise.all(Array.from({ length: 5 }, () => bench.get("closed.test")));
  const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
  const [worker] = await read([3, 4], ["closed.test", "empty.test"]);
  expect(worker?.slots.get(3)).toMatchObject({ requestCount: 1, statusCounts: [0, 0, 0, 0, 1] });
  expect(worker?.slots.get(4)).toMatchObject({ requestCount: 0 });
  const fullCount = statuses.filter((status) => status === 429).length;
  expect(fullCount).toBeGreaterThan(0);
  expect([...(worker?.refusals ?? [])]).toEqual([
    ["closed.test", { fullCount, lateCount: 5 - fullCount, guardedCount: 0, awayCount: 0 }],
    ["empty.test", { fullCount: 0, lateCount: 0, guardedCount: 0, awayCount: 0 }],
  ]);
});

it("counts what is refused of a paused service, over a reload too", async () => {
  const told = new ToldRequests(bench.edge);
  await bench.edge.setRoute("paused.test", { kind: "refuse", reason: "paused" }, signal);
  await bench.edge.setRoute("failed.test", { kind: "refuse", reason: "failed" }, signal);
  for (let times = 0; times < 3; times++) await bench.get("paused.test");
  const [worker] = await read([], ["paused.test", "failed.test"]);
  expect(worker?.refusals.get("paused.test")?.awayCount).toBe(3);
  expect(worker?.refusals.get("failed.test")?.awayCount).toBe(0);
  await bench.get("failed.test", "/unasked");
  await told.one("/unasked");
  await read([]);
  await bench.get("failed.test", "/before-reload");
  await told.one("/before-reload");
  await bench.edge.prepare({ minimumSlots: 30 }, signal);
  await told.close();
  const kept = (await read([])).find((one) => one.worker === worker?.worker);
  expect(kept?.refusals.get("failed.test")?.awayCount).toBe(2);
});

it("loses nothing over a reload, whether the old worker ends at once or goes on", async () => {
  const origin = await bench.origin("reloaded");
  await bench.serve(5, origin);
  await bench.route("reloaded.test", 5);
  await bench.get("reloaded.test");
  const [before] = await read([5]);
  expect(before?.slots.get(5)?.requestCount).toBe(1);
  for (let times = 0; times < 10; times++) await bench.get("reloaded.test");
  await bench.edge.prepare({ minimumSlots: 40 }, signal);
  await until(async () => (await bench.get("reloaded.test")).status === 200, "the new worker");
  const ended = await read([5]);
  expect(total(ended, 5)).toBe(12);
  expect(ended.find(({ worker }) => worker === before?.worker)?.slots.get(5)?.requestCount).toBe(11);
  expect((await read([5])).map(({ worker }) => worker)).not.toContain(before?.worker);

  const held = bench.get("reloaded.test", "/hold");
  await until(async () => (await bench.inFlight(5)) === 1, "a request that is held");
  await bench.edge.prepare({ minimumSlots: 60 }, signal);
  const [, old] = await read([5]);
  expect(old?.slots.get(5)).toMatchObject({ requestCount: 1, presentCount: 1 });
  origin.release();
  await held;
  await bench.edge.sampleLoad([5], signal);
  const after = await read([5]);
  // The request that ended last may have been told of only by the edge's last look at the old worker.
  expect(after.find(({ worker }) => worker === old?.worker)?.slots.get(5)?.requestCount ?? 2).toBe(2);
}, 60_000);

it("begins anew after a crash, by another name", async () => {
  const [before] = await read([5]);
  const { worker } = await bench.pids();
  process.kill(worker, "SIGKILL");
  await until(async () => (await bench.pids().catch(() => ({ worker }))).worker !== worker, "a new worker");
  await until(async () => (await bench.get("reloaded.test").catch(() => null))?.status === 200, "an answer");
  const [after] = await read([5]);
  expect(after?.worker).not.toBe(before?.worker);
  expect(after?.slots.get(5)?.requestCount).toBeLessThan(10);
});

it("says so when the edge does not answer", async () => {
  const nobody = await Workbench.create();
  expect(await nobody.edge.readCounters({ slots: [1], hosts: [] }, signal)).toBe("unknown");
  await nobody.dispose();
});
