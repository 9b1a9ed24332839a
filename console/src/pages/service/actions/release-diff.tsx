/** Two releases beside each other: only what differs. */
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Table from "@cloudscape-design/components/table";
import { useRead } from "../../../api/queries.ts";
import { Reading } from "../../../parts/reading.tsx";
import { service as texts } from "../../../texts.ts";
import { type Difference, differencesOf } from "./configuration-diff.ts";

export interface ReleaseDiffProps {
  readonly serviceArn: string;
  readonly from: number;
  readonly to: number;
}

const { diff: words } = texts;

export function ReleaseDiff({ serviceArn, from, to }: ReleaseDiffProps) {
  const before = useRead("Slipway.DescribeRelease", { ServiceArn: serviceArn, ReleaseNumber: from });
  const after = useRead("Slipway.DescribeRelease", { ServiceArn: serviceArn, ReleaseNumber: to });
  return (
    <Reading answer={before} failed={words.failed}>
      {(old) => (
        <Reading answer={after} failed={words.failed}>
          {(next) => <Differences differences={differencesOf(old, next)} from={from} to={to} />}
        </Reading>
      )}
    </Reading>
  );
}

interface DifferencesProps {
  readonly differences: readonly Difference[];
  readonly from: number;
  readonly to: number;
}

function Differences({ differences, from, to }: DifferencesProps) {
  return (
    <Table<Difference>
      variant="embedded"
      contentDensity="compact"
      wrapLines
      items={differences}
      trackBy="setting"
      ariaLabels={{ tableLabel: texts.rollBack.changes(from, to) }}
      empty={<Box color="text-body-secondary">{words.same}</Box>}
      columnDefinitions={[
        {
          id: "setting",
          header: words.setting,
          isRowHeader: true,
          cell: (one) => (
            <>
              {one.setting} <Kind {...one} />
            </>
          ),
        },
        { id: "before", header: texts.facts.releaseLine(from), cell: (one) => <Value text={one.before} /> },
        { id: "after", header: texts.facts.releaseLine(to), cell: (one) => <Value text={one.after} /> },
      ]}
    />
  );
}

function Kind({ before, after }: Difference) {
  if (before === null) return <Badge color="green">{words.added}</Badge>;
  if (after === null) return <Badge color="red">{words.removed}</Badge>;
  return <Badge color="blue">{words.changed}</Badge>;
}

function Value({ text }: { readonly text: string | null }) {
  if (text === null) return <Box color="text-body-secondary">{words.absent}</Box>;
  return (
    <Box variant="code">
      <span className="breaks">{text}</span>
    </Box>
  );
}
