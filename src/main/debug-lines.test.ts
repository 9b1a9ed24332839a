import { beforeEach, expect, test } from "vitest";
import { pino } from "pino";
import type { EventDestination } from "../domain/event-destination.ts";
import type { SentEvent } from "../observe/events/event-envelope.ts";
import type { EdgeServer } from "../ports/edge.ts";
import { FakeEdge } from "../ports/fake-edge.ts";
import { tellDeliveries, tellOfEdge, tellPlans } from "./debug-lines.ts";

let lines: Record<string, unknown>[];
const logger = pino(
  { level: "debug" },
  { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
);
const { signal } = new AbortController();

beforeEach(() => {
  lines = [];
  logger.level = "debug";
});

const planned = {
  serviceId: "service",
  steps: new Map([["removeInstance:i-1", { name: "removeInstance", instanceId: "i-1" } as const]]),
  due: [],
  wakeAtMs: 0,
};
const server = {
  instanceId: "i-1",
  address: "10.0.0.2",
  port: 80,
  protocol: "http1",
  maxConcurrency: 1,
} as unknown as EdgeServer;
const destination = { name: "chat" } as EventDestination;
const event = { id: "event-1" } as SentEvent;

function senderThatSays(problem: string | null) {
  return tellDeliveries(
    { send: () => Promise.resolve({ status: 500, problem, retryAfterMs: null }) },
    logger,
  );
}

test("plans are told with what is wished, what is done now, and when the next look is", () => {
  tellPlans(logger)(planned);
  expect(lines).toMatchObject([
    {
      event: "plan",
      serviceId: "service",
      steps: ["removeInstance:i-1"],
      due: [],
      wakeAt: "1970-01-01T00:00:00.000Z",
    },
  ]);
});

test("changes of the edge are told when they have ended, failures too, which stay failures", async () => {
  const fake = new FakeEdge();
  const edge = tellOfEdge(fake, logger);
  await edge.prepare({ minimumSlots: 1 }, signal);
  await edge.addServer(0, server, signal);
  fake.problem = "it is away";
  await expect(edge.removeServer(0, "i-1", signal)).rejects.toThrow("it is away");
  expect(lines).toMatchObject([
    { event: "edge", command: "addServer", slot: 0, instanceId: "i-1" },
    { event: "edge", command: "removeServer", slot: 0, msg: "edge was not changed" },
  ]);
});

test("deliveries are told with what came of them", async () => {
  const outcome = await senderThatSays("it answered 500").send(destination, event, signal);
  expect(outcome.problem).toBe("it answered 500");
  expect(lines).toMatchObject([
    { event: "delivery", destination: "chat", eventId: "event-1", problem: "it answered 500" },
  ]);
});

test("at the usual level nothing of it is written", async () => {
  logger.level = "info";
  tellPlans(logger)(planned);
  const edge = tellOfEdge(new FakeEdge(), logger);
  await edge.prepare({ minimumSlots: 1 }, signal);
  await edge.addServer(0, server, signal);
  await senderThatSays(null).send(destination, event, signal);
  expect(lines).toEqual([]);
});
