/** Usage as tables: a row for each period, and for each service. */
import Link from "@cloudscape-design/components/link";
import { usage as texts } from "../../texts.ts";
import { formatValue, type Unit } from "../charts/axis.ts";
import { type ResourceColumn, ResourceTable } from "../resource-table.tsx";
import type { UsageReply } from "./usage-data.ts";

type Usage = UsageReply["Total"];
type Row = { readonly Usage: Usage };

function number<T extends Row>(
  id: keyof typeof texts.columns,
  unit: Unit,
  of: (usage: Usage) => number,
): ResourceColumn<T> {
  return {
    id,
    header: texts.columns[id],
    text: ({ Usage }) => formatValue(of(Usage), unit),
    sortBy: ({ Usage }) => of(Usage),
  };
}

function columns<T extends Row>(hasPrice: boolean): readonly ResourceColumn<T>[] {
  const here = number<T>("here", "dollars", ({ MachineCost = 0 }) => MachineCost);
  return [
    number<T>("cost", "dollars", ({ Cost }) => Cost),
    ...(hasPrice ? [here] : []),
    number<T>("provisioned", "hours", ({ ProvisionedInstanceHours }) => ProvisionedInstanceHours),
    number<T>("active", "hours", ({ ActiveInstanceHours }) => ActiveInstanceHours),
    number<T>("memory", "count", ({ GbHours }) => GbHours),
    number<T>("processor", "count", ({ VcpuHours }) => VcpuHours),
    number<T>("builds", "count", ({ BuildMinutes }) => BuildMinutes),
    number<T>("requests", "count", ({ Requests }) => Requests),
    number<T>("egress", "bytes", ({ EgressBytes }) => EgressBytes),
    number<T>("starts", "count", ({ InstanceStarts }) => InstanceStarts),
  ];
}

/** How much of `2026-11-21T13:00` names a period. */
const LABEL_LENGTHS = { HOUR: 16, DAY: 10, MONTH: 7 } as const;

export function PeriodTable({ reply }: { readonly reply: UsageReply }) {
  const length = LABEL_LENGTHS[reply.Granularity];
  return (
    <ResourceTable<UsageReply["Periods"][number]>
      id="usage-periods"
      title={texts.periods[reply.Granularity]}
      list={listOf(reply.Periods.toReversed())}
      keyOf={({ StartTime }) => String(StartTime)}
      columns={[
        {
          id: "period",
          header: texts.columns.period,
          text: ({ StartTime }) =>
            new Date(StartTime * 1_000).toISOString().slice(0, length).replace("T", " "),
        },
        ...columns<UsageReply["Periods"][number]>(reply.MachineMonthPrice !== undefined),
      ]}
      empty={{ title: texts.nothingTitle }}
    />
  );
}

export function ServiceTable({ reply }: { readonly reply: UsageReply }) {
  return (
    <ResourceTable<UsageReply["Services"][number]>
      id="usage-services"
      title={texts.services}
      list={listOf(reply.Services)}
      keyOf={({ ServiceArn }) => ServiceArn}
      columns={[
        {
          id: "service",
          header: texts.columns.service,
          text: ({ ServiceName }) => ServiceName,
          cell: ({ ServiceName, ServiceArn, Status }) =>
            Status === "DELETED" ? (
              `${ServiceName} (${texts.deleted})`
            ) : (
              <Link href={`#/services/${ServiceArn.split("/").at(-1)}/usage`}>{ServiceName}</Link>
            ),
        },
        ...columns<UsageReply["Services"][number]>(reply.MachineMonthPrice !== undefined),
      ]}
      empty={{ title: texts.nothingTitle }}
    />
  );
}

function listOf<T>(data: readonly T[]) {
  return { data, isPending: false, error: null, refetch: () => undefined };
}
