import { expect, it } from "vitest";
import { defaultHealthCheck } from "../domain/health-check.ts";
import { describeEdgeContract } from "./edge.contract.ts";
import { FakeEdge } from "./fake-edge.ts";

const signal = new AbortController().signal;
const shared = new FakeEdge();
await shared.prepare({ minimumSlots: 8 }, signal);

describeEdgeContract("fake", { edge: () => shared, livePort: () => 8000 });

it("tells what a user of a host would meet", async () => {
  const edge = new FakeEdge();
  await edge.prepare({ minimumSlots: 2 }, signal);
  expect(edge.answer("a.test")).toEqual({ kind: "unknown-host" });
  await edge.setRoute("a.test", { kind: "slot", slot: 1, queueLimit: 1, gate: "open" }, signal);
  expect(edge.answer("a.test")).toEqual({ kind: "refused", reason: "no-instance" });
  const server = {
    address: "10.0.0.1",
    port: 80,
    maxConcurrency: 1,
    protocol: "http1" as const,
    healthCheck: defaultHealthCheck,
  };
  await edge.addServer(1, { ...server, instanceId: "i1" }, signal);
  await edge.addServer(1, { ...server, instanceId: "i2" }, signal);
  expect(edge.answer("A.test")).toEqual({ kind: "instances", instanceIds: ["i1", "i2"] });
  await edge.drainServer(1, "i1", signal);
  edge.setHealth("i2", "down");
  expect(edge.answer("a.test")).toEqual({ kind: "refused", reason: "no-instance" });
  await edge.setRoute("a.test", { kind: "refuse", reason: "paused" }, signal);
  expect(edge.answer("a.test")).toEqual({ kind: "refused", reason: "paused" });
});

it("holds the callers of a closed gate, and lets those of a watched one through", async () => {
  const edge = new FakeEdge();
  await edge.prepare({ minimumSlots: 1 }, signal);
  const server = {
    address: "10.0.0.1",
    port: 80,
    maxConcurrency: 1,
    protocol: "http1" as const,
    healthCheck: defaultHealthCheck,
  };
  await edge.addServer(0, { ...server, instanceId: "i1" }, signal);
  await edge.setRoute("a.test", { kind: "slot", slot: 0, queueLimit: 1, gate: "closed" }, signal);
  expect(edge.answer("a.test")).toEqual({ kind: "held" });
  await edge.setRoute("a.test", { kind: "slot", slot: 0, queueLimit: 1, gate: "watched" }, signal);
  expect(edge.answer("a.test")).toEqual({ kind: "instances", instanceIds: ["i1"] });
});

it("does not answer while it has a problem", async () => {
  const edge = new FakeEdge();
  edge.problem = "gone";
  expect(await edge.observe(signal)).toBe("unknown");
  await expect(edge.prepare({ minimumSlots: 1 }, signal)).rejects.toThrow("The edge does not answer: gone");
});
