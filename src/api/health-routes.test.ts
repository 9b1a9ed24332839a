import fastify, { type FastifyInstance } from "fastify";
import { afterEach, expect, test } from "vitest";
import type { HealthProblem } from "../ports/own-health.ts";
import { addHealthRoutes } from "./health-routes.ts";

let app: FastifyInstance | null = null;

afterEach(async () => {
  await app?.close();
});

interface Facts {
  readonly problems?: readonly HealthProblem[];
  readonly waitingFor?: string | null;
  readonly areServicesBack?: boolean;
}

function start({ problems = [], waitingFor = null, areServicesBack = true }: Facts) {
  const server = fastify();
  app = server;
  const clock = { nowMs: 0, asked: 0 };
  addHealthRoutes(server, {
    ownHealth: {
      problems: () => {
        clock.asked += 1;
        return Promise.resolve(problems);
      },
    },
    now: () => clock.nowMs,
    waitingFor: () => waitingFor,
    areServicesBack: () => areServicesBack,
  });
  const get = async (url: string, remoteAddress = "127.0.0.1", headers: Record<string, string> = {}) => {
    const { statusCode, body } = await server.inject({ url, remoteAddress, headers });
    return [statusCode, JSON.parse(body) as unknown];
  };
  return { get, clock };
}

const problems = [{ part: "engine", detail: "/var/run/docker.sock is gone" }];

test("a process that answers lives, whatever is missing", async () => {
  const { get } = start({ problems });
  expect(await get("/healthz")).toEqual([200, { status: "ok" }]);
});

test("it is ready when nothing is missing", async () => {
  const { get } = start({});
  expect(await get("/readyz")).toEqual([200, { status: "ready" }]);
});

test("why it is not ready is for this machine alone", async () => {
  const { get } = start({ problems });
  expect(await get("/readyz")).toEqual([503, { status: "not ready", problems }]);
  const names = { status: "not ready", problems: [{ part: "engine" }] };
  expect(await get("/readyz", "10.0.0.9")).toEqual([503, names]);
  expect(await get("/readyz", "127.0.0.1", { "x-forwarded-for": "10.0.0.9" })).toEqual([503, names]);
});

test("an answer is kept for a second, so that asking costs nothing", async () => {
  const { get, clock } = start({});
  for (let count = 0; count < 5; count++) await get("/readyz");
  expect(clock.asked).toBe(1);
  clock.nowMs = 1_000;
  await get("/readyz");
  expect(clock.asked).toBe(2);
});

test("health tells what slipway up waits for", async () => {
  expect(await start({ waitingFor: "edge" }).get("/health")).toEqual([
    503,
    { status: "starting", waitingFor: "edge" },
  ]);
  expect(await start({ areServicesBack: false }).get("/health")).toEqual([
    200,
    { status: "ok", waitingFor: "services" },
  ]);
});
