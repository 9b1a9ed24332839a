import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Operation } from "../../domain/operation.ts";
import type { Store } from "../../ports/store.ts";
import { anOperation, aService } from "../../ports/store.contract.ts";
import { openSqliteStore } from "../../store/sqlite-store.ts";
import { OperationTracer } from "./operation-tracer.ts";
import type { Span } from "./span.ts";

let store: Store;
let spans: Span[];
let tracer: OperationTracer;
let operation: Operation;

beforeEach(async () => {
  store = await openSqliteStore({ path: ":memory:" });
  spans = [];
  tracer = new OperationTracer({
    store,
    exporter: { add: (more) => spans.push(...more) },
    clock: { now: () => 0, sleep: async () => undefined },
    onError: (error) => {
      throw error;
    },
  });
  const service = aService();
  await store.services.save(service);
  operation = anOperation({ serviceId: service.id, createdAtMs: 1_000 });
  await store.operations.save(operation);
});
afterEach(() => store.close());

async function step(name: string, startedAtMs: number, status: "done" | "failed"): Promise<void> {
  const { id: operationId, serviceId } = operation;
  const begun = { serviceId, operationId, step: name, argumentsJson: "{}", startedAtMs };
  const sequence = await store.journal.begin(begun);
  tracer.see(begun);
  await store.journal.end(sequence, { status, error: null, endedAtMs: startedAtMs + 50 });
}

async function end(status: Operation["status"]): Promise<void> {
  await store.operations.save({ ...operation, status, endedAtMs: 9_000 });
}

describe("an operation", () => {
  it("is a trace of its own, with its steps, once it has ended", async () => {
    await step("pullImage", 1_100, "failed");
    await step("pullImage", 1_200, "done");
    await tracer.look();
    expect(spans).toEqual([]);
    await end("SUCCEEDED");
    await tracer.look();
    await tracer.look();
    const [whole, ...steps] = spans;
    expect(whole).toMatchObject({
      traceId: operation.id,
      parentSpanId: null,
      name: "CREATE_SERVICE",
      startMs: 1_000,
      endMs: 9_000,
      isError: false,
      attributes: { "slipway.operation.id": operation.id, "slipway.operation.status": "SUCCEEDED" },
    });
    const part = { traceId: operation.id, parentSpanId: whole?.spanId, name: "pullImage" };
    expect(steps).toMatchObject([
      { ...part, startMs: 1_100, endMs: 1_150, isError: true },
      { ...part, startMs: 1_200, endMs: 1_250, isError: false },
    ]);
  });

  it("that failed or was rolled back is an error", async () => {
    await step("pullImage", 1_100, "done");
    await end("ROLLBACK_SUCCEEDED");
    await tracer.look();
    expect(spans[0]).toMatchObject({ isError: true });
  });

  it("is forgotten when it is gone; steps without one are passed over", async () => {
    tracer.see({ operationId: "0".repeat(32), serviceId: operation.serviceId });
    tracer.see({ operationId: null, serviceId: operation.serviceId });
    await tracer.look();
    expect(spans).toEqual([]);
  });
});
