import { describe, expect, it } from "vitest";
import { parseExtensions } from "./extension.ts";

const tags = (given: Readonly<Record<string, string>>) =>
  Object.entries(given).map(([key, value]) => ({ key, value }));

describe("extensions", () => {
  it("have defaults, and leave other tags alone", () => {
    expect(parseExtensions(tags({ team: "shop" }))).toEqual({ stopGraceMs: 30_000, startTimeoutMs: null });
  });

  it("read durations in every unit", () => {
    expect(parseExtensions(tags({ "slipway:stop-grace": "1500ms", "slipway:start-timeout": "5m" }))).toEqual({
      stopGraceMs: 1_500,
      startTimeoutMs: 300_000,
    });
  });

  it.each(["", "soon", "30", "-1s", "1.5s", "99999999999s"])("refuse %j as a duration", (value) => {
    expect(() => parseExtensions(tags({ "slipway:stop-grace": value }))).toThrow("is not a duration");
  });

  it("refuse a duration out of bounds and name the bounds", () => {
    expect(() => parseExtensions(tags({ "slipway:start-timeout": "31m" }))).toThrow("between 1s and 1800s");
  });

  it.each(["slipway:", "slipway:speed", "slipway:constructor"])(
    "refuse the unknown %s and name the known",
    (key) => {
      expect(() => parseExtensions(tags({ [key]: "1s" }))).toThrow(
        /slipway:stop-grace, slipway:start-timeout/,
      );
    },
  );
});
