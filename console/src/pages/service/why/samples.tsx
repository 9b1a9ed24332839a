/** Single requests that tell something: the slowest, the last that failed. */
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Table from "@cloudscape-design/components/table";
import type { Output } from "../../../api/wire.ts";
import { durationText } from "../../../parts/duration.ts";
import { Moment } from "../../../parts/moment.tsx";
import { why as texts } from "../../../texts.ts";

type Sample = Output<"Slipway.ExplainService">["Requests"]["Slowest"][number];

export interface SamplesProps {
  readonly title: string;
  readonly samples: readonly Sample[];
  readonly serviceId: string;
}

const { sampleColumns: words } = texts;
const ID_SHOWN = 12;

export function Samples({ title, samples, serviceId }: SamplesProps) {
  return (
    <Table<Sample>
      variant="embedded"
      contentDensity="compact"
      wrapLines
      header={<Header variant="h3">{title}</Header>}
      items={samples}
      trackBy="RequestId"
      empty={<Box color="text-body-secondary">{texts.none}</Box>}
      ariaLabels={{ tableLabel: title }}
      columnDefinitions={[
        {
          id: "request",
          header: words.request,
          isRowHeader: true,
          cell: (one) => (
            <span className="breaks">
              {one.Method} {one.Path}
            </span>
          ),
        },
        { id: "at", header: words.at, cell: (one) => <Moment seconds={one.At} /> },
        { id: "status", header: words.status, cell: (one) => one.Cut ?? (one.Status || texts.left) },
        { id: "took", header: words.took, cell: (one) => durationText(one.DurationMs) },
        { id: "waited", header: words.waited, cell: waitedText },
        {
          id: "instance",
          header: words.instance,
          cell: ({ InstanceId: id }) =>
            id === undefined ? (
              "–"
            ) : (
              <Link href={`#/services/${serviceId}/logs?log=application&part=${id}`}>
                {id.slice(0, ID_SHOWN)}
              </Link>
            ),
        },
      ]}
    />
  );
}

function waitedText({ HeldMs: held, QueuedMs: queued }: Sample): string {
  const text = (ms: number | undefined) => (ms === undefined || ms === 0 ? "" : durationText(ms));
  return texts.waited(text(held), text(queued)) || "–";
}
