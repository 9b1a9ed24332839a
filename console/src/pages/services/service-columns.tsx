/** The columns of the list of services. */
import Box from "@cloudscape-design/components/box";
import Icon from "@cloudscape-design/components/icon";
import Link from "@cloudscape-design/components/link";
import { InstanceCounts, countsText } from "../../parts/instance-counts.tsx";
import { Moment } from "../../parts/moment.tsx";
import { total } from "../../parts/recent-metrics.ts";
import type { ResourceColumn } from "../../parts/resource-table.tsx";
import { ServiceStatus } from "../../parts/service-status.tsx";
import { Sparkline } from "../../parts/sparkline.tsx";
import type { Tone } from "../../parts/tone.ts";
import { service as serviceTexts, services as texts } from "../../texts.ts";
import { type ServiceRow, sourceText, statusText, tagsOf } from "./service-rows.ts";

/** Of the rows that are seen, by service id. */
export interface Traffic {
  readonly requests: readonly (number | null)[];
  readonly errors: readonly (number | null)[];
}

export interface ColumnsWish {
  readonly trafficOf: (serviceId: string) => Traffic | undefined;
  /** `http://` or `https://`. */
  readonly urlOf: (row: ServiceRow) => string;
}

const { columns: words } = texts;
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export function serviceColumns({ trafficOf, urlOf }: ColumnsWish): readonly ResourceColumn<ServiceRow>[] {
  return [
    {
      id: "name",
      header: words.name,
      text: (row) => `${row.ServiceName} ${row.ServiceUrl}`,
      sortBy: (row) => row.ServiceName,
      cell: (row) => (
        <>
          <Link href={`#/services/${row.ServiceId}`} fontSize="inherit">
            <b>{row.ServiceName}</b>
          </Link>
          {row.IsPubliclyAccessible ? (
            <div title={row.ServiceUrl}>
              <Link
                href={urlOf(row)}
                external
                externalIconAriaLabel={serviceTexts.newTab}
                fontSize="body-s"
                variant="secondary"
              >
                {row.ServiceUrl.split(".")[0]}
              </Link>
            </div>
          ) : (
            <Box fontSize="body-s" color="text-body-secondary">
              {serviceTexts.facts.private}
            </Box>
          )}
        </>
      ),
    },
    {
      id: "status",
      header: words.status,
      text: statusText,
      cell: (row) => <ServiceStatus status={row.Status} operationType={row.LastOperation?.Type} />,
      minWidth: 140,
    },
    {
      id: "source",
      header: words.source,
      text: sourceText,
      cell: (row) => (
        <span className="source" title={sourceText(row)}>
          <Icon name={row.SourceType === "IMAGE" ? "multiscreen" : "share"} size="small" /> {sourceText(row)}
        </span>
      ),
    },
    {
      id: "instances",
      header: words.instances,
      text: ({ Instances: counts }) => countsText(counts),
      sortBy: ({ Instances: counts }) => counts.Running * 1_000 + counts.Idle,
      cell: (row) => <InstanceCounts counts={row.Instances} status={row.Status} />,
    },
    traffic({ id: "requests", say: texts.requests, tone: "calm" }, trafficOf),
    traffic({ id: "errors", say: texts.errors, tone: "bad" }, trafficOf),
    {
      id: "release",
      header: words.release,
      text: releaseText,
      sortBy: (row) => row.ReleasedAt ?? 0,
      cell: (row) => (
        <>
          {releaseText(row)}
          {row.ReleasedAt === undefined ? null : (
            <Box color="text-body-secondary" fontSize="body-s">
              <Moment seconds={row.ReleasedAt} />
            </Box>
          )}
          {row.LastOperation?.Cause === undefined ? null : (
            <Box color="text-status-error" fontSize="body-s">
              {texts.deployFailed}
            </Box>
          )}
        </>
      ),
    },
    {
      id: "created",
      header: words.created,
      text: () => "",
      sortBy: (row) => row.CreatedAt,
      cell: (row) => <Moment seconds={row.CreatedAt} />,
      isShown: false,
    },
    { id: "tags", header: words.tags, text: (row) => tagsOf(row).join(", ") || "–", isShown: false },
  ];
}

/** A number alone would run together with what stands beside it. */
function releaseText({ ReleaseNumber: number }: ServiceRow): string {
  return number === undefined ? "–" : serviceTexts.facts.releaseLine(number);
}

interface TrafficColumn {
  readonly id: keyof Traffic;
  /** What the picture says in words. */
  readonly say: (count: string) => string;
  readonly tone: Tone;
}

function traffic(
  { id, say, tone }: TrafficColumn,
  trafficOf: ColumnsWish["trafficOf"],
): ResourceColumn<ServiceRow> {
  const sum = (row: ServiceRow) => total(trafficOf(row.ServiceId)?.[id] ?? []);
  return {
    id,
    header: words[id],
    text: () => "",
    sortBy: sum,
    cell: (row) => {
      const all = sum(row);
      const count = compact.format(all);
      // What was not measured did not come.
      const values = (trafficOf(row.ServiceId)?.[id] ?? []).map((value) => value ?? 0);
      return (
        <span className="traffic">
          <Sparkline
            values={values}
            label={say(count)}
            tone={all === 0 ? "quiet" : tone}
            widthPx={56}
            heightPx={22}
          />
          <span aria-hidden>{count}</span>
        </span>
      );
    },
  };
}
