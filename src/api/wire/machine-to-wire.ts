/** The machine that Slipway runs on, as it is told. */
import type * as Wire from "../../contract/index.ts";
import type { MachineStatus } from "../../ports/own-health.ts";
import { toDate } from "./time.ts";

export function machineToWire({ diskBytes, ...machine }: MachineStatus): Wire.Machine {
  return {
    Name: machine.name,
    System: machine.system,
    StartedAt: toDate(machine.startedAtMs),
    Cpus: machine.cpuCount,
    Load: machine.load,
    MemoryBytes: machine.memoryBytes,
    MemoryAvailableBytes: machine.memoryAvailableBytes,
    MemoryReserveBytes: machine.memoryReserveBytes,
    ...(diskBytes !== null && { DiskBytes: diskBytes }),
  };
}
