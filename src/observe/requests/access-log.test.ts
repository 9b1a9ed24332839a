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
  weight: 1,
  service: { id: "s", name: "web" },
};

function written(count: number, isWanted: boolean): readonly Record<string, unknown>[] {
  const lines: LogLine[] = [];
  const writer = {
    writeAccess: async (_owner: unknown, some: readonly LogLine[]) => void lines.push(...some),
  };
  const log = new AccessLog(
    writer,
    () => isWanted,
    () => 1_000,
  );
  log.take(Array.from({ length: count }, () => request));
  return lines.map(({ text }) => JSON.parse(text) as Record<string, unknown>);
}

it("writes what applies of each request of a service that wants it", () => {
  expect(written(1, true)).toEqual([
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
  expect(written(1, false)).toEqual([]);
});

it("writes a sample beyond its limit, and says so once", () => {
  const lines = written(4_000, true);
  expect(lines.filter(({ message }) => message !== undefined)).toHaveLength(1);
  expect(lines.filter(({ sampled }) => sampled === 20)).toHaveLength(100);
  expect(lines).toHaveLength(2_101);
});
