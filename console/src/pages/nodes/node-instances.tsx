/** The instances of all machines in a list, to be sorted and searched. */
import Link from "@cloudscape-design/components/link";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { bytesText } from "../../parts/bytes.ts";
import { exactMoment, Moment } from "../../parts/moment.tsx";
import { type ListState, ResourceTable } from "../../parts/resource-table.tsx";
import { activity as activityTexts, nodes as texts } from "../../texts.ts";
import { type CellLook, lookOf, type NodeInstance } from "./node-services.ts";

const ID_SHOWN = 12;

const INDICATORS = {
  serving: "success",
  idle: "success",
  starting: "in-progress",
  leaving: "stopped",
} as const satisfies Record<CellLook, StatusIndicatorProps.Type>;

export function NodeInstances({ list }: { readonly list: ListState<NodeInstance> }) {
  return (
    <ResourceTable<NodeInstance>
      id="node-instances"
      title={texts.instances}
      description={texts.instancesHint}
      list={list}
      keyOf={({ InstanceId: id }) => id}
      sortedBy="service"
      empty={{ title: texts.noInstances, text: texts.noInstancesHint }}
      columns={[
        {
          id: "service",
          header: texts.service,
          text: ({ ServiceName: name }) => name,
          cell: ({ ServiceId: id, ServiceName: name }) => (
            <Link href={`#/services/${id}/instances`}>{name}</Link>
          ),
        },
        {
          id: "instance",
          header: texts.instance,
          text: ({ InstanceId: id }) => id,
          cell: ({ InstanceId: id }) => id.slice(0, ID_SHOWN),
        },
        {
          id: "state",
          header: texts.state,
          text: ({ State: state }) => activityTexts.states[state],
          cell: (one) => (
            <StatusIndicator type={INDICATORS[lookOf(one)]}>
              {activityTexts.states[one.State]}
            </StatusIndicator>
          ),
        },
        {
          id: "activity",
          header: texts.activity,
          text: ({ Activity: given }) => texts.activities[given],
        },
        {
          id: "release",
          header: texts.release,
          text: ({ ReleaseNumber: number }) => String(number),
          sortBy: ({ ReleaseNumber: number }) => number,
        },
        {
          id: "size",
          header: texts.size,
          text: ({ Cpus: cpus, MemoryBytes: memory }) => texts.sizeOf(String(cpus), bytesText(memory)),
          sortBy: ({ MemoryBytes: memory }) => memory,
        },
        { id: "address", header: texts.address, text: ({ Address: at }) => at ?? "–" },
        {
          id: "since",
          header: texts.since,
          text: ({ CreatedAt: at }) => exactMoment(at),
          cell: ({ CreatedAt: at }) => <Moment seconds={at} />,
          sortBy: ({ CreatedAt: at }) => at,
        },
      ]}
    />
  );
}
