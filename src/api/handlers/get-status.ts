import type { Handler } from "../handler.ts";
import { machineToWire } from "../wire/machine-to-wire.ts";
import { toOptionalDate } from "../wire/time.ts";

/** Ours: how this installation is. */
export const getStatus: Handler<"GetStatus"> = async (_input, { ownHealth, logLevels }) => {
  const status = await ownHealth.status();
  return {
    Ready: status.problems.length === 0,
    ReadySince: toOptionalDate(status.readySinceMs),
    Problems: status.problems.map(({ part, detail }) => ({ Part: part, Detail: detail })),
    Services: status.serviceCount,
    Instances: status.instanceCount,
    LogProblems: status.logProblemCount,
    LogLevel: logLevels.current().level,
    Machine: machineToWire(status.machine),
    ...(status.diskFreeBytes !== null && { DiskFreeBytes: status.diskFreeBytes }),
  };
};
