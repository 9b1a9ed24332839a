/** A control plane that is well and logs as ever. */
import type { HandlerContext } from "../handler.ts";
import type { LogLevelState } from "../../ports/own-health.ts";

const state: LogLevelState = { level: "info", untilMs: null, normal: "info" };

export const fakeOwnHealth: Pick<HandlerContext, "ownHealth" | "logLevels"> = {
  ownHealth: {
    problems: () => Promise.resolve([]),
    diskUse: () => Promise.resolve([{ kind: "logs", bytes: 4_096 }]),
    engine: () =>
      Promise.resolve({
        isAnswering: true,
        last: {
          atMs: 2_000,
          facts: {
            name: "box",
            version: "29.1.0",
            apiVersion: "1.52",
            system: "Debian GNU/Linux 13",
            kernel: "6.1",
            architecture: "amd64",
            labels: ["zone=cellar"],
            cpuCount: 4,
            memoryMiB: 16_384,
          },
        },
      }),
    status: () =>
      Promise.resolve({
        problems: [],
        readySinceMs: 1_000,
        serviceCount: 0,
        instanceCount: 0,
        logProblemCount: 0,
        diskFreeBytes: 2 ** 40,
        machine: {
          name: "box",
          system: "Linux 6.1, x64",
          startedAtMs: 1_000,
          cpuCount: 4,
          load: 0.5,
          memoryBytes: 2 ** 34,
          memoryAvailableBytes: 2 ** 33,
          memoryReserveBytes: 2 ** 30,
          diskBytes: 2 ** 41,
        },
      }),
  },
  logLevels: {
    current: () => state,
    set: (level, durationMs) =>
      Promise.resolve({ ...state, level, untilMs: durationMs === null ? null : durationMs }),
  },
};
