/** The instances of a service: what each does and uses, why it began and ended, and who decided their number. */
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { lazy, Suspense, useState } from "react";
import { useRead } from "../../../api/queries.ts";
import { loadPart } from "../../../app/load-part.ts";
import { durationText } from "../../../parts/duration.ts";
import { Moment } from "../../../parts/moment.tsx";
import { newest, useRecentMetrics } from "../../../parts/recent-metrics.ts";
import { type ResourceColumn, ResourceTable } from "../../../parts/resource-table.tsx";
import { PermittedButton } from "../../../parts/permitted-button.tsx";
import { activity as activityTexts, instances as texts, service as serviceTexts } from "../../../texts.ts";
import type { Service, ServiceTabProps } from "../service-tab.ts";
import { ScalingPanel } from "./scaling-panel.tsx";
import type { Instance } from "./scaling-steps.ts";
import { ShareBar } from "./share-bar.tsx";

// Its form and chart come when somebody wants them.
const InstanceAlarm = lazy(loadPart(() => import("./instance-alarm.tsx")));

const { columns: words } = texts;
const EVERY_MS = 3_000;
const USAGE_EVERY_MS = 10_000;
const USAGE_LENGTH_MS = 300_000;
const USAGE_PERIOD_S = 10;
const MOST_MEASURED = 100;
const ID_SHOWN = 12;
const MIB_PER_GB = 1_024;
const UNITS_PER_VCPU = 1_024;

const LOOKS = {
  starting: "in-progress",
  warming: "in-progress",
  ready: "success",
  idle: "success",
  draining: "stopped",
  stopped: "stopped",
  failed: "error",
} as const satisfies Record<Instance["State"], StatusIndicatorProps.Type>;

export default function InstancesTab({ service }: ServiceTabProps) {
  const answer = useRead(
    "Slipway.ListInstances",
    { ServiceArn: service.ServiceArn, MaxResults: 100 },
    { topics: [`instances/${service.ServiceId}`], everyMs: EVERY_MS },
  );
  const all = answer.data?.Instances;
  const live = all?.filter(isAlive);
  const usageOf = useUsage(service, live ?? []);
  const [watched, setWatched] = useState<string | null>(null);
  return (
    <SpaceBetween size="l">
      {answer.data === undefined ? null : (
        <ScalingPanel scaling={answer.data.Scaling} instances={all ?? []} />
      )}
      <ResourceTable<Instance>
        id="instances"
        title={texts.live}
        list={{ ...answer, data: live }}
        keyOf={keyOf}
        columns={[...liveColumns(service, usageOf), alarmColumn(setWatched)]}
        empty={texts.none}
      />
      <ResourceTable<Instance>
        id="ended-instances"
        title={texts.ended}
        list={{ ...answer, data: all?.filter((one) => !isAlive(one)) }}
        keyOf={keyOf}
        columns={endedColumns(service)}
        sortedBy="-ended"
        empty={texts.noneEnded}
      />
      {watched === null ? null : (
        <Suspense fallback={null}>
          <InstanceAlarm service={service} instanceId={watched} onClose={() => setWatched(null)} />
        </Suspense>
      )}
    </SpaceBetween>
  );
}

interface Usage {
  readonly cpu: number | null;
  readonly memory: number | null;
}

function useUsage(
  { ServiceName: serviceName, ServiceId: serviceId }: Service,
  live: readonly Instance[],
): (instanceId: string) => Usage {
  const measured = live.slice(0, MOST_MEASURED);
  const lines = useRecentMetrics({
    metrics: measured.flatMap(({ InstanceId: instanceId }) => [
      { metric: "CPUUtilization", statistic: "Average", serviceName, serviceId, instanceId },
      { metric: "MemoryUtilization", statistic: "Average", serviceName, serviceId, instanceId },
    ]),
    lengthMs: USAGE_LENGTH_MS,
    periodSeconds: USAGE_PERIOD_S,
    everyMs: USAGE_EVERY_MS,
  });
  return (instanceId) => {
    const index = measured.findIndex((one) => one.InstanceId === instanceId) * 2;
    return { cpu: newest(lines[index] ?? []), memory: newest(lines[index + 1] ?? []) };
  };
}

function liveColumns(
  service: Service,
  usageOf: (instanceId: string) => Usage,
): readonly ResourceColumn<Instance>[] {
  const { Cpu: cpu = "0", Memory: memory = "0" } = service.InstanceConfiguration;
  const cpuText = texts.vcpu(String(Number(cpu) / UNITS_PER_VCPU));
  const memoryText = `${Number(memory) / MIB_PER_GB} GB`;
  return [
    idColumn(service),
    {
      id: "state",
      header: words.state,
      text: (one) => `${activityTexts.states[one.State]} ${activityText(one)}`,
      cell: (one) => (
        <>
          <StatusIndicator type={LOOKS[one.State]}>{activityTexts.states[one.State]}</StatusIndicator>
          <Box color="text-body-secondary" fontSize="body-s">
            {activityText(one)}
          </Box>
        </>
      ),
    },
    releaseColumn,
    {
      id: "started",
      header: words.started,
      text: ({ StartReason: reason }) => reason,
      sortBy: ({ CreatedAt: at }) => -at,
      cell: ({ CreatedAt: at, StartReason: reason }) => (
        <>
          <Moment seconds={at} />
          <Box color="text-body-secondary" fontSize="body-s">
            {reason}
          </Box>
        </>
      ),
    },
    {
      id: "inFlight",
      header: words.inFlight,
      text: ({ InFlight: count }) => (count === undefined ? texts.unknown : String(count)),
      sortBy: ({ InFlight: count }) => count ?? -1,
    },
    {
      id: "cpu",
      header: words.cpu,
      text: () => "",
      sortBy: ({ InstanceId: id }) => usageOf(id).cpu ?? -1,
      cell: ({ InstanceId: id }) => <ShareBar percent={usageOf(id).cpu} of={cpuText} />,
    },
    {
      id: "memory",
      header: words.memory,
      text: () => "",
      sortBy: ({ InstanceId: id }) => usageOf(id).memory ?? -1,
      cell: ({ InstanceId: id }) => <ShareBar percent={usageOf(id).memory} of={memoryText} />,
    },
    { id: "address", header: words.address, text: ({ Address: at }) => at ?? texts.unknown, isShown: false },
  ];
}

function endedColumns(service: Service): readonly ResourceColumn<Instance>[] {
  return [
    idColumn(service),
    {
      id: "ended",
      header: words.ended,
      text: () => "",
      sortBy: endOf,
      cell: (one) => <Moment seconds={endOf(one)} />,
    },
    {
      id: "end",
      header: words.end,
      text: ({ Reason: reason, State: state }) => reason ?? activityTexts.states[state],
      cell: ({ Reason: reason, State: state }) => (
        <StatusIndicator type={LOOKS[state]}>{reason ?? activityTexts.states[state]}</StatusIndicator>
      ),
    },
    {
      id: "exit",
      header: words.exit,
      text: ({ ExitCode: code }) => (code === undefined ? texts.noExit : String(code)),
    },
    {
      id: "lived",
      header: words.lived,
      text: (one) => durationText(Math.max(0, endOf(one) - one.CreatedAt) * 1_000),
      sortBy: (one) => endOf(one) - one.CreatedAt,
    },
    releaseColumn,
    { id: "why", header: words.why, text: ({ StartReason: reason }) => reason },
  ];
}

function alarmColumn(onWatch: (instanceId: string) => void): ResourceColumn<Instance> {
  return {
    id: "alarm",
    header: words.alarm,
    text: () => "",
    cell: ({ InstanceId: id }) => (
      <PermittedButton
        needs="cloudwatch:PutMetricAlarm"
        variant="icon"
        iconName="notification"
        ariaLabel={texts.createAlarmOf(id.slice(0, ID_SHOWN))}
        onClick={() => onWatch(id)}
      />
    ),
  };
}

function idColumn({ ServiceId: serviceId }: Service): ResourceColumn<Instance> {
  return {
    id: "id",
    header: words.id,
    text: ({ InstanceId: id }) => id,
    cell: ({ InstanceId: id }) => (
      <Link href={`#/services/${serviceId}/logs?log=application&part=${id}`}>{id.slice(0, ID_SHOWN)}</Link>
    ),
  };
}

const releaseColumn: ResourceColumn<Instance> = {
  id: "release",
  header: words.release,
  text: ({ ReleaseNumber: number }) => serviceTexts.facts.releaseLine(number),
  sortBy: ({ ReleaseNumber: number }) => number,
};

function keyOf({ InstanceId: id }: Instance): string {
  return id;
}

function isAlive({ State: state }: Instance): boolean {
  return state !== "stopped" && state !== "failed";
}

function endOf({ StoppedAt: stopped, CreatedAt: created }: Instance): number {
  return stopped ?? created;
}

function activityText({ State: state, Activity: given, InFlight: inFlight }: Instance): string {
  const { activities } = texts;
  if (state === "starting" || state === "warming") return activities.starting;
  if (state === "draining") return activities.draining;
  if (given !== "run") return activities[given];
  return (inFlight ?? 0) > 0 ? activities.busy : activities.waiting;
}
