import type { LogLevelState } from "../../ports/own-health.ts";
import type { OutputOf } from "../../contract/index.ts";
import type { Handler } from "../handler.ts";
import { toDate } from "../wire/time.ts";

/** Ours: how much goes into the own log. */
export const getLogLevel: Handler<"GetLogLevel"> = async (_input, { logLevels }) =>
  toWire(logLevels.current());

export const setLogLevel: Handler<"SetLogLevel"> = async ({ Level, DurationSeconds }, { logLevels }) =>
  toWire(await logLevels.set(Level, DurationSeconds === undefined ? null : DurationSeconds * 1000));

function toWire({ level, untilMs, normal }: LogLevelState): OutputOf<"GetLogLevel"> {
  return { Level: level, ...(untilMs !== null && { Until: toDate(untilMs), FallsBackTo: normal }) };
}
