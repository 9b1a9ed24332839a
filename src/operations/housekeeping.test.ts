import { describe, expect, it } from "vitest";
import type { Ports } from "./executor.ts";
import { tidy } from "./housekeeping.ts";

describe("housekeeping", () => {
  it("forgets old rows though the engine is away", async () => {
    const pruned: string[] = [];
    const ports = {
      clock: { now: () => 0 },
      store: {
        journal: { prune: async () => void pruned.push("journal") },
        instances: { prune: async () => void pruned.push("instances") },
        releases: { listRetained: async () => [] },
      },
      engine: { collectImages: () => Promise.reject(new Error("away")) },
    } as unknown as Ports;
    await expect(tidy(ports, new AbortController().signal)).rejects.toThrow("away");
    expect(pruned).toEqual(["journal", "instances"]);
  });
});
