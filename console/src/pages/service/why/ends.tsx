/** Why instances ended, by kind. */
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import Table from "@cloudscape-design/components/table";
import type { Output } from "../../../api/wire.ts";
import { Moment } from "../../../parts/moment.tsx";
import { service as serviceTexts, why as texts } from "../../../texts.ts";

type End = Output<"Slipway.ExplainService">["InstanceEnds"][number];

export interface EndsProps {
  readonly ends: readonly End[];
  readonly serviceId: string;
}

const { endColumns: words } = texts;
const ID_SHOWN = 12;

export function Ends({ ends, serviceId }: EndsProps) {
  return (
    <Table<End>
      variant="embedded"
      contentDensity="compact"
      wrapLines
      items={ends}
      empty={<Box color="text-body-secondary">{texts.endsNone}</Box>}
      ariaLabels={{ tableLabel: texts.ends }}
      columnDefinitions={[
        { id: "end", header: words.end, isRowHeader: true, cell: (one) => one.End.replaceAll("-", " ") },
        { id: "count", header: words.count, cell: (one) => one.Count },
        { id: "reason", header: words.reason, cell: (one) => one.Reason ?? "–" },
        {
          id: "release",
          header: words.release,
          cell: (one) => serviceTexts.facts.releaseLine(one.ReleaseNumber),
        },
        { id: "last", header: words.last, cell: (one) => <Moment seconds={one.LastAt} /> },
        {
          id: "instance",
          header: words.instance,
          cell: ({ LastInstanceId: id }) => (
            <Link href={`#/services/${serviceId}/logs?log=application&part=${id}`}>
              {id.slice(0, ID_SHOWN)}
            </Link>
          ),
        },
      ]}
    />
  );
}
