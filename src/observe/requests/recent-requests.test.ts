import { expect, test } from "vitest";
import type { ServiceRequest } from "../../ports/request-log.ts";
import { RecentRequestSamples } from "./recent-requests.ts";

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 4, 1);

function aRequest(change: Partial<ServiceRequest> & { readonly totalMs?: number } = {}): ServiceRequest {
  const { totalMs = 10, ...rest } = change;
  return {
    startedAtMs: START_MS,
    host: "shop.example.com",
    slot: 1,
    instanceId: "a".repeat(32),
    method: "GET",
    path: "/",
    status: 200,
    responseBytes: 100,
    clientAddress: "192.0.2.1",
    scheme: "http",
    requestId: "1-2-3",
    timings: { heldMs: null, queuedMs: 0, connectMs: 0, responseMs: totalMs, totalMs },
    isForAccessLog: false,
    cut: null,
    trace: null,
    weight: 1,
    service: { id: "shop", name: "shop" },
    ...rest,
  };
}

function aWatch() {
  let nowMs = START_MS;
  const samples = new RecentRequestSamples(() => nowMs);
  return { samples, pass: (ms: number) => (nowMs += ms) };
}

test("requests are counted by what they stand for, those of others and of nobody apart", () => {
  const { samples } = aWatch();
  samples.take([
    aRequest({ weight: 20 }),
    aRequest({ status: 500 }),
    aRequest({ status: 429, instanceId: null, cut: "queue-full", weight: 3 }),
    aRequest({ status: 0, cut: "client-left" }),
    aRequest({ service: { id: "other", name: "other" } }),
    aRequest({ service: null }),
  ]);
  expect(samples.recent("shop")).toMatchObject({
    isEstimated: true,
    count: 25,
    failedCount: 1,
    limitedCount: 3,
    cuts: { "queue-full": 3, "client-left": 1 },
  });
  expect(samples.recent("other")).toMatchObject({ isEstimated: false, count: 1 });
  expect(samples.recent("nobody")).toMatchObject({ count: 0, slowest: [], failed: [] });
});

test("what is refused of a paused service is counted and shown, and is no failure of it", () => {
  const { samples } = aWatch();
  samples.take([aRequest({ status: 503, slot: null, instanceId: null, cut: "refused", weight: 3 })]);
  expect(samples.recent("shop")).toMatchObject({ count: 3, failedCount: 0, cuts: { refused: 3 } });
  expect(samples.recent("shop").failed).toHaveLength(1);
});

test("an application's own 429, and that of a service's guard, is no limit of ours", () => {
  const { samples } = aWatch();
  samples.take([aRequest({ status: 429 }), aRequest({ status: 429, instanceId: null, cut: "guard-rate" })]);
  expect(samples.recent("shop").limitedCount).toBe(0);
});

test("the slowest and the newest failed ones are kept, a few of each", () => {
  const { samples } = aWatch();
  for (let index = 0; index < 100; index++) {
    samples.take([aRequest({ totalMs: index, status: 502, startedAtMs: START_MS + index })]);
  }
  const { slowest, failed } = samples.recent("shop");
  expect(slowest.map(({ timings }) => timings.totalMs)).toEqual([99, 98, 97, 96, 95]);
  expect(failed.map(({ startedAtMs }) => startedAtMs - START_MS)).toEqual([99, 98, 97, 96, 95]);
});

test("what is older than an hour does not count any more", () => {
  const { samples, pass } = aWatch();
  samples.take([aRequest({ totalMs: 900 })]);
  pass(30 * MINUTE_MS);
  samples.take([aRequest()]);
  expect(samples.recent("shop")).toMatchObject({ count: 2, sinceMs: START_MS });
  pass(31 * MINUTE_MS);
  expect(samples.recent("shop")).toMatchObject({ count: 1, sinceMs: START_MS + MINUTE_MS });
  expect(samples.recent("shop").slowest.map(({ timings }) => timings.totalMs)).toEqual([10]);
});

test("of many services the one that was not called for longest is forgotten", () => {
  const { samples, pass } = aWatch();
  for (let index = 0; index <= 2_000; index++) {
    pass(1);
    samples.take([aRequest({ service: { id: String(index), name: "many" } })]);
  }
  expect(samples.recent("0").count).toBe(0);
  expect(samples.recent("1").count).toBe(1);
  expect(samples.recent("2000").count).toBe(1);
});
