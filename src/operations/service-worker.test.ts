import { describe, expect, it } from "vitest";
import { defaultDeadlines } from "./deadlines.ts";
import { extraMsOf } from "./service-worker.ts";

const operationId = "1";

describe("the time of an act", () => {
  it.each([
    ["pullImage", defaultDeadlines.pullMs],
    ["fetchSource", defaultDeadlines.sourceMs],
    ["buildImage", defaultDeadlines.buildMs],
  ] as const)("%s is not cut before its phase's own deadline", (name, phaseMs) => {
    expect(extraMsOf({ name, operationId }, defaultDeadlines)).toBeGreaterThanOrEqual(phaseMs);
  });

  it("of a start covers building its image again", () => {
    const extraMs = extraMsOf({ name: "startInstance", instanceId: "1" }, defaultDeadlines);
    expect(extraMs).toBeGreaterThan(defaultDeadlines.buildMs);
  });
});
