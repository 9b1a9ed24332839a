import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SourceWatch } from "../../domain/source-watch.ts";
import { defaultIntervals, isDue, nextCheckAtMs } from "./next-check.ts";

const aWatch = (failureCount: number, serviceId = "s1", atMs = 1_000): SourceWatch => ({
  serviceId,
  sealedWebhookSecret: "",
  handledVersion: null,
  check: { atMs, problem: null, failureCount },
  delivery: null,
  deliveryIds: [],
});

describe("The next check", () => {
  it("is at once when there was none", () => {
    const watch = { ...aWatch(0), check: null };
    expect(isDue(watch, nextCheckAtMs(watch, "code", defaultIntervals), 5)).toBe(true);
  });

  it("never comes later than the interval that its failures make, nor more than a seventh earlier", () => {
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.string(),
        fc.nat(1e12),
        fc.constantFrom("code" as const, "image" as const),
        (failureCount, serviceId, atMs, kind) => {
          const usualMs = kind === "code" ? 60_000 : 300_000;
          const longestMs = Math.min(usualMs * 2 ** failureCount, 1_800_000);
          const pauseMs = nextCheckAtMs(aWatch(failureCount, serviceId, atMs), kind, defaultIntervals) - atMs;
          expect(pauseMs).toBeLessThanOrEqual(longestMs);
          expect(pauseMs).toBeGreaterThan(longestMs * 0.84);
        },
      ),
    );
  });

  it("is not the same for services that began together", () => {
    const times = Array.from({ length: 20 }, (_, index) =>
      nextCheckAtMs(aWatch(0, `service ${index}`), "code", defaultIntervals),
    );
    expect(new Set(times).size).toBeGreaterThan(15);
  });

  it("is at once after a poke, and when the clock went back", () => {
    const watch = aWatch(0);
    expect(isDue(watch, 60_000, 2_000)).toBe(false);
    expect(isDue({ ...watch, poke: { by: "push", count: 1 } }, 60_000, 2_000)).toBe(true);
    expect(isDue(watch, 60_000, 500)).toBe(true);
  });
});
