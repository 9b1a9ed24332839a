import { expect, it } from "vitest";
import type { ServiceRequest } from "../../ports/request-log.ts";
import type { LogLine } from "../../ports/service-log.ts";
import { AccessLog } from "./access-log.ts";

const request: ServiceRequest = {
  startedAtMs: 0,
  host: "a.test",
  slot: 1,
  instanceId: "i-1",
  method: "GET",
  path: "/",
  status: 200,
  responseBytes: 10,
  clientAddress: "127.0.0.1",
  scheme: "http",
  requestId: "1-2-3",
  timings: { heldMs: null, queuedMs: 0, connectMs: 0, responseMs: 1, totalMs: 2 },
  cut: null,
  trace: null,
  isForAccessLog: true,
  weight: 1,
  service: { id: "s", name: "web" },
};

function aLog() {
  let nowMs = 10_000;
  const lines = new Map<string, Record<string, unknown>[]>();
  const writeAccess = async ({ serviceId }: { readonly serviceId: string }, some: readonly LogLine[]) => {
    const parsed = some.map(({ text }) => JSON.parse(text) as Record<string, unknown>);
    lines.set(serviceId, [...(lines.get(serviceId) ?? []), ...parsed]);
  };
  const log = new AccessLog({ writeAccess }, () => nowMs);
  const take = (count: number, change: Partial<ServiceRequest> = {}): void =>
    log.take(Array.from({ length: count }, () => ({ ...request, ...change })));
  return { take, of: (id: string) => lines.get(id) ?? [], pass: (ms: number) => (nowMs += ms) };
}

function noticesOf(lines: readonly Record<string, unknown>[]): number {
  return lines.filter(({ message }) => message !== undefined).length;
}

it("writes what applies of a request", () => {
  const log = aLog();
  log.take(1);
  expect(log.of("s")).toEqual([
    {
      time: "1970-01-01T00:00:00.000Z",
      method: "GET",
      path: "/",
      status: 200,
      bytes: 10,
      durationMs: 2,
      queuedMs: 0,
      connectMs: 0,
      responseMs: 1,
      instance: "i-1",
      requestId: "1-2-3",
      client: "127.0.0.1",
      host: "a.test",
      scheme: "http",
    },
  ]);
});

it("writes none that is nobody's, or whose service had its access log off", () => {
  const log = aLog();
  log.take(1, { isForAccessLog: false });
  log.take(1, { service: null });
  expect(log.of("s")).toEqual([]);
});

it("writes a sample beyond a service's limit, and says so once, in batches too", () => {
  const log = aLog();
  log.take(1_500);
  log.take(2_500);
  const lines = log.of("s");
  expect(noticesOf(lines)).toBe(1);
  expect(lines.findIndex(({ message }) => message !== undefined)).toBe(2_000);
  expect(lines.filter(({ sampled }) => sampled === 20)).toHaveLength(100);
  expect(lines).toHaveLength(2_101);
});

it("begins anew with the next second, and when the clock was set back", () => {
  const log = aLog();
  log.take(2_001);
  log.pass(1_000);
  log.take(2_001);
  expect(noticesOf(log.of("s"))).toBe(2);
  log.pass(-5_000);
  log.take(2_000);
  expect(noticesOf(log.of("s"))).toBe(2);
  expect(log.of("s").filter(({ sampled }) => sampled === undefined)).toHaveLength(6_000 + 2);
});

it("has a limit for all services together, and each that meets it is told", () => {
  const log = aLog();
  for (let index = 0; index < 5; index++) log.take(2_000, { service: { id: `${index}`, name: "many" } });
  log.take(40, { service: { id: "last", name: "last" } });
  expect(noticesOf(log.of("4"))).toBe(0);
  expect(noticesOf(log.of("last"))).toBe(1);
  expect(log.of("last")).toHaveLength(3);
});
