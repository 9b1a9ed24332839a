import { describe, expect, it } from "vitest";
import { parseExtensions } from "./extension.ts";

const tags = (given: Readonly<Record<string, string>>) =>
  Object.entries(given).map(([key, value]) => ({ key, value }));

describe("extensions", () => {
  it("have defaults, and leave other tags alone", () => {
    expect(parseExtensions(tags({ team: "shop" }))).toEqual({
      stopGraceMs: 30_000,
      startTimeoutMs: null,
      dockerfile: null,
    });
  });

  it("read durations in every unit", () => {
    expect(parseExtensions(tags({ "slipway:stop-grace": "1500ms", "slipway:start-timeout": "5m" }))).toEqual({
      stopGraceMs: 1_500,
      startTimeoutMs: 300_000,
      dockerfile: null,
    });
  });

  it("read what a Dockerfile is built with; its target or arguments alone mean the usual one", () => {
    const given = { "slipway:dockerfile": "docker/web", "slipway:build-args": "A=1  B=x=y C=" };
    expect(parseExtensions(tags(given)).dockerfile).toEqual({
      path: "docker/web",
      target: null,
      buildArguments: { A: "1", B: "x=y", C: "" },
    });
    expect(parseExtensions(tags({ "slipway:dockerfile-target": "web" })).dockerfile).toEqual({
      path: "Dockerfile",
      target: "web",
      buildArguments: {},
    });
  });

  it.each(["/etc/passwd", "../Dockerfile", "a//b", "./a", ""])("refuse %j as a Dockerfile's path", (path) => {
    expect(() => parseExtensions(tags({ "slipway:dockerfile": path }))).toThrow(
      "inside of the source directory",
    );
  });

  it.each(["A", "1A=2", "=x", "A=1 B"])("refuse %j as build arguments", (text) => {
    expect(() => parseExtensions(tags({ "slipway:build-args": text }))).toThrow("is not NAME=value");
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
