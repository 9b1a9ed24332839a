/** What differs, setting by setting: from what to what, and when that takes effect. */
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Table from "@cloudscape-design/components/table";
import { configuration as texts } from "../../../texts.ts";
import type { DiffRow, Effect } from "./draft-diff.ts";

const words = texts.dialog;
const COLOURS = {
  deployment: "blue",
  "at-once": "green",
  "next-deployment": "grey",
} as const satisfies Record<Effect, string>;

interface DiffTableProps {
  readonly rows: readonly DiffRow[];
  readonly label: string;
  readonly words: { readonly before: string; readonly after: string };
}

export function DiffTable({ rows, label, words: { before: was, after: will } }: DiffTableProps) {
  return (
    <Table
      variant="embedded"
      wrapLines
      ariaLabels={{ tableLabel: label }}
      items={rows}
      trackBy="id"
      columnDefinitions={[
        { id: "member", header: words.member, isRowHeader: true, cell: ({ label }) => label, minWidth: 130 },
        { id: "before", header: was, cell: ({ before }) => <Before text={before} />, minWidth: 120 },
        { id: "after", header: will, cell: ({ after }) => <After text={after} />, minWidth: 120 },
        {
          id: "effect",
          header: words.effect,
          cell: ({ effect }) => <Badge color={COLOURS[effect]}>{words.effects[effect]}</Badge>,
          minWidth: 130,
        },
      ]}
    />
  );
}

function Before({ text }: { readonly text: string | null }) {
  if (text === null) return <Box color="text-body-secondary">{words.absent}</Box>;
  return (
    <Box color="text-status-error">
      <del>{text}</del>
    </Box>
  );
}

function After({ text }: { readonly text: string | null }) {
  if (text === null) return <Box color="text-body-secondary">{words.absent}</Box>;
  return (
    <Box color="text-status-success">
      <ins>{text}</ins>
    </Box>
  );
}
