import { expect, it } from "vitest";
import { defaultBuildLimits } from "../builder/buildkit/build-limits.ts";
import { readSettings } from "./settings.ts";
import { buildLimits } from "./source-parts.ts";

const limitsWith = (environment: Readonly<Record<string, string>>) => ({
  ...defaultBuildLimits,
  ...buildLimits(readSettings({ SLIPWAY_STATE_DIR: "/nonexistent", ...environment })),
});

it("builds within what is set, and within the defaults of the builder otherwise", () => {
  expect(limitsWith({})).toEqual(defaultBuildLimits);
  const set = { SLIPWAY_BUILD_MEMORY_MIB: "512", SLIPWAY_BUILD_MINUTES: "5", SLIPWAY_BUILDS_AT_ONCE: "2" };
  expect(limitsWith(set)).toEqual({
    ...defaultBuildLimits,
    memoryBytes: 536_870_912,
    durationMs: 300_000,
    atOnce: 2,
  });
});
