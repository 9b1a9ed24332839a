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
      buildSecrets: {},
      scaleToZeroMs: null,
      warmZeroMs: 600_000,
      idle: "throttle",
      onHttp: "auto",
      hstsMaxAgeS: null,
      protocol: "http1",
      sandbox: "container",
      signatureKey: null,
      hasAccessLog: false,
      connectedServices: [],
      restartsOnRotate: false,
      protection: {
        allowed: null,
        basicAuth: null,
        rateLimit: null,
        deniedPaths: null,
        maxBodyBytes: null,
        isDefaultHostOff: false,
        requestTimeoutMs: null,
      },
      cpuTarget: null,
      memoryTarget: null,
    });
  });

  it("read durations in every unit", () => {
    expect(
      parseExtensions(tags({ "slipway:stop-grace": "1500ms", "slipway:start-timeout": "5m" })),
    ).toMatchObject({
      stopGraceMs: 1_500,
      startTimeoutMs: 300_000,
    });
    expect(parseExtensions(tags({ "slipway:scale-to-zero": "2h" })).scaleToZeroMs).toBe(7_200_000);
    expect(parseExtensions(tags({ "slipway:scale-to-zero": "1d" })).scaleToZeroMs).toBe(86_400_000);
  });

  it("switch scale to zero off with a value too, and say so", () => {
    expect(parseExtensions(tags({ "slipway:scale-to-zero": "off" })).scaleToZeroMs).toBeNull();
    expect(() => parseExtensions(tags({ "slipway:scale-to-zero": "500d" }))).toThrow(
      "between 1s and 7d, or off",
    );
  });

  it("read what instances get while nobody calls, and shares", () => {
    const given = { "slipway:idle": "freeze", "slipway:scale-cpu": "70%", "slipway:scale-memory": "85" };
    expect(parseExtensions(tags(given))).toMatchObject({
      idle: "freeze",
      cpuTarget: 0.7,
      memoryTarget: 0.85,
    });
    expect(() => parseExtensions(tags({ "slipway:idle": "sleep" }))).toThrow("run, throttle, freeze");
  });

  it("read how a service is reached and what its instances speak", () => {
    const given = { "slipway:http": "redirect", "slipway:hsts": "365d", "slipway:protocol": "h2c" };
    expect(parseExtensions(tags(given))).toMatchObject({
      onHttp: "redirect",
      hstsMaxAgeS: 31_536_000,
      protocol: "h2c",
    });
    expect(parseExtensions(tags({ "slipway:hsts": "0s" })).hstsMaxAgeS).toBe(0);
    expect(parseExtensions(tags({ "slipway:hsts": "off" })).hstsMaxAgeS).toBeNull();
    expect(() => parseExtensions(tags({ "slipway:hsts": "forever" }))).toThrow("or off");
    expect(() => parseExtensions(tags({ "slipway:http": "https" }))).toThrow("auto, redirect, serve");
    expect(() => parseExtensions(tags({ "slipway:protocol": "grpc" }))).toThrow("http1, h2c");
  });

  it.each(["0%", "101", "0.7", "many", ""])("refuse %j as a share", (text) => {
    expect(() => parseExtensions(tags({ "slipway:scale-cpu": text }))).toThrow("between 1% and 100%");
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

  it("read the secrets of a build, whose references hold colons and equals signs", () => {
    const arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:a=b-AbCdEf:token::";
    const text = `npm=${arn}  .k=/shop/a`;
    expect(() => parseExtensions(tags({ "slipway:build-secrets": text }))).toThrow('".k=/shop/a" is not');
    expect(
      parseExtensions(tags({ "slipway:build-secrets": text.replace(".k", "k.1") })).buildSecrets,
    ).toEqual({
      npm: arn,
      "k.1": "/shop/a",
    });
  });

  it.each(["token", "token=", "../token=a", "a b=c"])("refuse %j as secrets of a build", (text) => {
    expect(() => parseExtensions(tags({ "slipway:build-secrets": text }))).toThrow("is not id=reference");
  });

  it("refuse two secrets of a build under one id", () => {
    const parse = () => parseExtensions(tags({ "slipway:build-secrets": "npm=/a npm=/b" }));
    expect(parse).toThrow("an id is given twice");
  });

  it("refuse for a build what is no reference, and do not repeat it", () => {
    for (const text of ["npm=hunter2!", "npm=arn:aws:s3:::hunter2!", "npm=/hunter2:1:2"]) {
      const parse = () => parseExtensions(tags({ "slipway:build-secrets": text }));
      expect(parse).toThrow(/what stands behind npm= is /);
      expect(parse).not.toThrow(/hunter2/);
    }
  });

  it.each(["", "soon", "30", "-1s", "1.5s", "99999999999s"])("refuse %j as a duration", (value) => {
    expect(() => parseExtensions(tags({ "slipway:stop-grace": value }))).toThrow("is not a duration");
  });

  it("refuse a duration out of bounds and name the bounds", () => {
    expect(() => parseExtensions(tags({ "slipway:start-timeout": "31m" }))).toThrow("between 1s and 30m");
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
