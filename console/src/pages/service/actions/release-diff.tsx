/** Two releases beside each other: only what differs. */
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Cards from "@cloudscape-design/components/cards";
import Table from "@cloudscape-design/components/table";
import { useRead } from "../../../api/queries.ts";
import { Reading } from "../../../parts/reading.tsx";
import { useNarrow } from "../../../parts/use-narrow.ts";
import { service as texts } from "../../../texts.ts";
import { type Difference, differencesOf } from "./configuration-diff.ts";
import { settingName, valueText } from "./setting-words.ts";

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
  const label = texts.rollBack.changes(from, to);
  const common = {
    items: differences,
    trackBy: "setting",
    empty: <Box color="text-body-secondary">{words.same}</Box>,
  } as const;
  const before = { id: "before", header: texts.facts.releaseLine(from) };
  const after = { id: "after", header: texts.facts.releaseLine(to) };
  // Beside each other on a phone, values would break after every fourth character.
  if (useNarrow()) {
    return (
      <Cards<Difference>
        {...common}
        ariaLabels={{
          cardsLabel: label,
          selectionGroupLabel: label,
          itemSelectionLabel: (_, { setting }) => settingName(setting),
        }}
        cardDefinition={{
          header: (one) => <Setting {...one} />,
          sections: [
            { ...before, content: (one) => <Value text={valueText(one.setting, one.before)} /> },
            { ...after, content: (one) => <Value text={valueText(one.setting, one.after)} /> },
          ],
        }}
      />
    );
  }
  return (
    <Table<Difference>
      {...common}
      variant="embedded"
      contentDensity="compact"
      wrapLines
      ariaLabels={{ tableLabel: label }}
      columnDefinitions={[
        { id: "setting", header: words.setting, isRowHeader: true, cell: (one) => <Setting {...one} /> },
        { ...before, cell: (one) => <Value text={valueText(one.setting, one.before)} /> },
        { ...after, cell: (one) => <Value text={valueText(one.setting, one.after)} /> },
      ]}
    />
  );
}

function Setting(one: Difference) {
  return (
    <>
      <span className="breaks">{settingName(one.setting)}</span> <Kind {...one} />
    </>
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
