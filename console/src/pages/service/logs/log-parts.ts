/** What of a log can be chosen: the instances that have written, the operations there were. */
import type { SelectProps } from "@cloudscape-design/components/select";
import { useRead, useReadAll } from "../../../api/queries.ts";
import { exactMoment } from "../../../parts/moment.tsx";
import { logs as texts } from "../../../texts.ts";
import type { Service } from "../service-tab.ts";
import { idInStream, logGroup, type LogKind } from "./log-choice.ts";

/** Of a service that was scaled for a while; the others are found by their lines. */
const INSTANCES_SHOWN = 50;
const REFRESH_MS = 10_000;

export interface LogParts {
  readonly options: readonly SelectProps.Option[];
  /** What is meant when the address names nothing; undefined: not known yet. */
  readonly standard: string | null | undefined;
}

export function useLogParts(service: Service, kind: LogKind): LogParts {
  const instances = useInstances(service, kind === "application");
  const operations = useOperations(service, kind === "deployments");
  if (kind === "application") return { options: instances, standard: null };
  if (kind !== "deployments") return { options: [], standard: null };
  return { options: operations ?? [], standard: operations && (operations[0]?.value ?? null) };
}

function useInstances(service: Service, isEnabled: boolean): readonly SelectProps.Option[] {
  const { data } = useRead(
    "Logs_20140328.DescribeLogStreams",
    {
      logGroupName: logGroup(service, "application"),
      orderBy: "LastEventTime",
      descending: true,
      limit: INSTANCES_SHOWN,
    },
    { isEnabled, everyMs: REFRESH_MS, topics: [`instances/${service.ServiceId}`] },
  );
  const streams = (data?.logStreams ?? []).map(({ logStreamName, lastEventTimestamp }) => ({
    value: idInStream(logStreamName),
    label: texts.instance(idInStream(logStreamName)),
    description:
      lastEventTimestamp === undefined ? "" : texts.lastLine(exactMoment(lastEventTimestamp / 1_000)),
  }));
  return [{ value: "", label: texts.allInstances }, ...streams];
}

/** Newest first. Undefined until they are known. */
function useOperations(service: Service, isEnabled: boolean): readonly SelectProps.Option[] | undefined {
  const { data } = useReadAll(
    "AppRunner.ListOperations",
    { ServiceArn: service.ServiceArn },
    "OperationSummaryList",
    { isEnabled, topics: [`operations/${service.ServiceId}`] },
  );
  return data?.map(({ Id = "", Type = "", StartedAt = 0, Status = "" }) => ({
    value: Id,
    label: `${texts.operations[Type] ?? Type} · ${exactMoment(StartedAt)}`,
    description: Status.replaceAll("_", " ").toLowerCase(),
    labelTag: Id.slice(0, 8),
  }));
}
