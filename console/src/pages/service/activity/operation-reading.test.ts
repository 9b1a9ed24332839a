import { environmentManager, QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { toQueryOptions } from "../../../api/read-options.ts";
import type { Output } from "../../../api/wire.ts";
import { operationReading } from "./operation-reading.ts";

type Answer = Output<"Slipway.DescribeOperation">;

const isServer = environmentManager.isServer();
const WHILE_MS = 10_000;
const service = { ServiceArn: "arn:shop", ServiceId: "shop" };
const under: Answer = {
  Operation: { Id: "1", Type: "UPDATE_SERVICE", Status: "IN_PROGRESS", TargetArn: "arn:shop", StartedAt: 1 },
} as Answer;
const over: Answer = { Operation: { ...under.Operation, Status: "SUCCEEDED", EndedAt: 2 } };

let client: QueryClient;
let answers: Answer[];

beforeEach(() => {
  vi.useFakeTimers();
  // A server reads nothing again by itself.
  environmentManager.setIsServer(() => false);
  client = new QueryClient();
  answers = [];
});

afterEach(() => {
  client.clear();
  environmentManager.setIsServer(() => isServer);
  vi.useRealTimers();
});

function optionsOf(isOver: boolean) {
  return {
    queryKey: ["operation"],
    // The last one is the truth from then on.
    queryFn: () => Promise.resolve((answers.length > 1 ? answers.shift() : answers[0]) as Answer),
    ...toQueryOptions(operationReading({ service, isOver })),
  };
}

async function shown(isOver: boolean) {
  const observer = new QueryObserver<Answer>(client, optionsOf(isOver));
  let reads = 0;
  client.getQueryCache().subscribe(({ type, ...event }) => {
    if (type === "updated" && "action" in event && event.action.type === "success") reads += 1;
  });
  observer.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  return {
    reads: () => reads,
    status: () => observer.getCurrentResult().data?.Operation.Status,
    tellOver: () => observer.setOptions(optionsOf(true)),
  };
}

test("what is under way waits for the stream; once the list knows the end, it is read again without it", async () => {
  answers = [under, over];
  const operation = await shown(false);
  await vi.advanceTimersByTimeAsync(WHILE_MS);
  expect([operation.reads(), operation.status()]).toEqual([1, "IN_PROGRESS"]);
  operation.tellOver();
  await vi.advanceTimersByTimeAsync(WHILE_MS);
  expect([operation.reads(), operation.status()]).toEqual([2, "SUCCEEDED"]);
});

test("a read that was on its way when it ended is behind, too", async () => {
  answers = [under, under, over];
  const operation = await shown(true);
  await vi.advanceTimersByTimeAsync(WHILE_MS);
  expect([operation.reads(), operation.status()]).toEqual([3, "SUCCEEDED"]);
});

test("what is over is read once, and no topic has it read again", async () => {
  answers = [over];
  const operation = await shown(true);
  await vi.advanceTimersByTimeAsync(WHILE_MS);
  expect(operation.reads()).toBe(1);
  expect(operationReading({ service, isOver: true }).topics).toBeUndefined();
  expect(operationReading({ service, isOver: false }).topics).toEqual(["operations/shop"]);
});
