import { pino } from "pino";
import { expect, test } from "vitest";
import type { SettingTable } from "../ports/store.ts";
import { StoredLogLevels } from "./log-level.ts";

function setting(): SettingTable {
  const values = new Map<string, string>();
  return {
    get: (name) => Promise.resolve(values.get(name) ?? null),
    put: (name, value) => Promise.resolve(void values.set(name, value)),
  };
}

function logger() {
  return pino({}, { write: () => undefined });
}

test("a level for a time falls back to the one for good, over a restart too", async () => {
  let nowMs = 0;
  const clock = { now: () => nowMs, sleep: () => Promise.resolve() };
  const settings = setting();
  const log = logger();
  const levels = await StoredLogLevels.open(settings, log, clock);
  expect(levels.current().level).toBe("info");
  await levels.set("warn", null);
  await levels.set("debug", 10_000);
  expect(log.level).toBe("debug");
  nowMs = 9_999;
  const restarted = logger();
  const again = await StoredLogLevels.open(settings, restarted, clock);
  expect(restarted.level).toBe("debug");
  nowMs = 10_000;
  expect(again.current()).toEqual({ level: "warn", untilMs: null, normal: "warn" });
  expect(restarted.level).toBe("warn");
});

test("what cannot be read is as if it had never been set", async () => {
  const settings = setting();
  await settings.put("log-level", '{"level":"loud"}');
  const clock = { now: () => 0, sleep: () => Promise.resolve() };
  expect((await StoredLogLevels.open(settings, logger(), clock)).current().level).toBe("info");
});
