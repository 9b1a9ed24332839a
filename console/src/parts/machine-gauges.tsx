/** What the machine has, and how much of it is taken. */
import ColumnLayout from "@cloudscape-design/components/column-layout";
import type { Output } from "../api/wire.ts";
import { health } from "../texts.ts";
import { bytesText } from "./bytes.ts";
import { Gauge } from "./gauge.tsx";

type Status = Pick<Output<"Slipway.GetStatus">, "Machine" | "DiskFreeBytes">;

/** What is used up is slow, or keeps instances from starting; red is only what the status calls a problem. */
const NEVER_BAD = { fullFrom: Infinity };
const ALWAYS_BAD = { fullFrom: 0 };

export interface MachineGaugesProps {
  readonly status: Status;
  /** What is missing, by its part. */
  readonly problems?: readonly { readonly Part: string }[];
}

export function MachineGauges({ status, problems }: MachineGaugesProps) {
  const { Machine: machine, DiskFreeBytes: diskFree } = status;
  const memoryUsed = machine.MemoryBytes - machine.MemoryAvailableBytes;
  const disk = machine.DiskBytes;
  return (
    <ColumnLayout columns={3} minColumnWidth={200}>
      <Gauge
        label={health.load}
        share={machine.Load / machine.Cpus}
        text={health.loadUsed(machine.Load.toFixed(1), machine.Cpus)}
        hint={health.loadHint}
        tightFrom={1}
        {...NEVER_BAD}
      />
      <Gauge
        label={health.memory}
        share={memoryUsed / machine.MemoryBytes}
        text={health.memoryUsed(bytesText(memoryUsed), bytesText(machine.MemoryBytes))}
        hint={health.memoryHint(bytesText(machine.MemoryReserveBytes))}
        {...NEVER_BAD}
      />
      {disk === undefined || diskFree === undefined ? null : (
        <Gauge
          label={health.disk}
          share={(disk - diskFree) / disk}
          text={health.diskUsed(bytesText(disk - diskFree), bytesText(disk))}
          hint={health.diskFree(bytesText(diskFree))}
          {...(problems?.some(({ Part }) => Part === "disk") ? ALWAYS_BAD : NEVER_BAD)}
        />
      )}
    </ColumnLayout>
  );
}
