/** A control plane that is well and logs as ever. */
import type { HandlerContext } from "../handler.ts";
import type { LogLevelState } from "../../ports/own-health.ts";

const state: LogLevelState = { level: "info", untilMs: null, normal: "info" };

export const fakeOwnHealth: Pick<HandlerContext, "ownHealth" | "logLevels"> = {
  ownHealth: {
    problems: () => Promise.resolve([]),
    status: () =>
      Promise.resolve({
        problems: [],
        readySinceMs: 1_000,
        serviceCount: 0,
        instanceCount: 0,
        logProblemCount: 0,
        diskFreeBytes: 2 ** 40,
      }),
  },
  logLevels: {
    current: () => state,
    set: (level, durationMs) =>
      Promise.resolve({ ...state, level, untilMs: durationMs === null ? null : durationMs }),
  },
};
