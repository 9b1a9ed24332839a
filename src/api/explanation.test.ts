// Why a service does what it does, over the real socket.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Instance } from "../domain/instance.ts";
import type { RecentRequests } from "../ports/request-samples.ts";
import { aService, makeService } from "./testing/requests.ts";
import { call, sendRaw, sign } from "./testing/signed-request.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

const NOW_MS = Date.UTC(2026, 4, 1);

const requests: RecentRequests = {
  sinceMs: NOW_MS,
  isEstimated: false,
  count: 250,
  failedCount: 5,
  limitedCount: 0,
  cuts: { "instance-closed": 5 },
  slowest: [],
  failed: [
    {
      startedAtMs: NOW_MS,
      host: "shop.example.com",
      slot: 1,
      instanceId: "a".repeat(32),
      method: "POST",
      path: "/orders",
      status: 502,
      responseBytes: 100,
      clientAddress: "192.0.2.1",
      scheme: "https",
      requestId: "1-2-3",
      timings: { heldMs: null, queuedMs: 4, connectMs: 0, responseMs: null, totalMs: 12 },
      isForAccessLog: false,
      cut: "instance-closed",
      trace: null,
      weight: 5,
    },
  ],
};

function anInstance(change: Partial<Instance>): Instance {
  return {
    id: "a".repeat(32),
    serviceId: "",
    releaseNumber: 1,
    colour: "blue",
    state: "ready",
    address: "10.0.0.2",
    port: 8080,
    startReason: "deployment",
    endReason: null,
    exitCode: null,
    isOutOfMemory: false,
    createdAtMs: NOW_MS,
    readyAtMs: NOW_MS,
    drainingSinceMs: null,
    stoppedAtMs: null,
    ...change,
  };
}

let slipway: TestApi;
let arn: string;

beforeEach(async () => {
  slipway = await startTestApi({
    requestSamples: { recent: () => requests },
    passwordProblem: ({ name }) => Promise.resolve(`The secret /${name}/people is not there.`),
  });
  arn = (await makeService(slipway, aService("shop"))).ServiceArn ?? "";
});
afterEach(() => slipway.close());

async function explain(input: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const request = await sign(call("Slipway.ExplainService", input), slipway.key);
  const answer = await sendRaw(slipway.endpoint, request);
  return { status: answer.status, body: JSON.parse(answer.text) as Record<string, unknown> };
}

test("it is one page: findings, operations, ends of instances, requests", async () => {
  const { status, body } = await explain({ ServiceArn: arn });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ServiceName: "shop",
    Findings: expect.arrayContaining([
      expect.objectContaining({
        Severity: "warning",
        Summary: "5 of 250 requests of the last hour failed (5xx).",
      }),
      expect.objectContaining({
        Severity: "error",
        Summary: expect.stringContaining("nobody gets in. The secret /shop/people is not there.") as string,
      }),
    ]),
    Operations: [{ Type: "CREATE_SERVICE" }],
    InstanceEnds: [],
    Requests: {
      Since: NOW_MS / 1000,
      Count: 250,
      Failed: 5,
      Cuts: { "instance-closed": 5 },
      FailedSamples: [{ Method: "POST", Path: "/orders", Status: 502, QueuedMs: 4, Cut: "instance-closed" }],
    },
  });
});

test("an instance that serves is seen, however many came and went since it was started", async () => {
  const serviceId = arn.slice(-32);
  const { services, instances } = slipway.store;
  const service = await services.get(serviceId);
  await services.save({ ...service!, status: "RUNNING" });
  await slipway.store.transaction(async (tx) => {
    await tx.instances.save(anInstance({ id: "f".repeat(32), serviceId, state: "ready", createdAtMs: 1 }));
    for (let count = 0; count < 1_000; count++) {
      const id = count.toString(16).padStart(32, "0");
      const ended = { state: "stopped", end: "scaled-in", createdAtMs: 2, stoppedAtMs: 3 } as const;
      await tx.instances.save(anInstance({ id, serviceId, ...ended }));
    }
  });
  expect((await instances.list(serviceId, { after: null, limit: 1_000 })).rows).toHaveLength(1_000);
  const { body } = await explain({ ServiceArn: arn });
  expect(JSON.stringify(body["Findings"])).not.toContain("No instance is healthy");
});

test("a service that is not there is said so", async () => {
  const { status, body } = await explain({ ServiceArn: `${arn.slice(0, -32)}${"0".repeat(32)}` });
  expect([status, body["__type"]]).toEqual([400, "ResourceNotFoundException"]);
});
