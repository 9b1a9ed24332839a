import { expect, test } from "vitest";
import { NOW_MS, slipway, startFakeApi } from "../testing/fake-api.ts";

test("the level is shown, and set for a time", async () => {
  await using api = await startFakeApi({
    GetLogLevel: () => ({ Level: "info" }),
    SetLogLevel: ({ Level }) => ({ Level, Until: NOW_MS / 1000, FallsBackTo: "info" }),
  });
  expect((await slipway(api, ["log-level"])).out).toBe("info");
  const { out } = await slipway(api, ["log-level", "debug", "--for", "10m"]);
  expect(out).toBe("debug until 2026-05-01T12:00:00Z, then info");
  expect(api.callsOf("SetLogLevel")[0]?.input).toEqual({ Level: "debug", DurationSeconds: 600 });
});

test.each([
  [["log-level", "loud"], "Allowed choices are error, warn, info, debug"],
  [["log-level", "loud"], "See `slipway log-level --help`."],
  [["log-level", "debug", "--for", "2d"], "a day at most"],
  [["log-level", "--for", "10m"], "--for needs a level"],
])("%j is refused", async (args, message) => {
  const { err, exitCode } = await slipway(null, args);
  expect([exitCode, err]).toEqual([2, expect.stringContaining(message)]);
});

test("info says how it is in one line, and what is missing", async () => {
  const info = { ApiEndpoint: "http://127.0.0.1:7070", Version: "1" };
  const status = { Ready: true, ReadySince: NOW_MS / 1000 - 7200, Problems: [], Services: 3, Instances: 5 };
  let reply: object = { ...status, LogProblems: 1, DiskFreeBytes: 12.5 * 1024 ** 3, LogLevel: "debug" };
  await using api = await startFakeApi({ GetInfo: () => info, GetStatus: () => reply });
  expect((await slipway(api, ["info"])).out).toMatch(
    /^Status +ready since 2h: 3 services, 5 instances, 12\.5 GiB free, 1 problem in serve\.log, log level debug$/m,
  );
  reply = { ...reply, Ready: false, Problems: [{ Part: "engine", Detail: "no socket" }] };
  expect(JSON.parse((await slipway(api, ["info", "--json"])).out)).toEqual({ ...info, ...reply });
  expect((await slipway(api, ["info"])).out).toMatch(/^Status +not ready \(engine: no socket\): 3 services/m);
});
