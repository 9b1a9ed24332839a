/** Variables, secrets or tags of a service: names, and values or references. Secrets' values are not known here. */
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Table from "@cloudscape-design/components/table";
import { CopyText } from "../../../parts/copy-text.tsx";
import type { DraftEntry, ServiceDraft } from "../../../parts/service-fields/draft.ts";
import { configuration as texts } from "../../../texts.ts";

type Kind = "variable" | "secret" | "tag";

export interface EntryListProps {
  readonly draft: ServiceDraft;
  readonly kinds: readonly Kind[];
  readonly empty: string;
}

interface Row extends DraftEntry {
  readonly kind: Kind;
}

const LISTS = { variable: "variables", secret: "secrets", tag: "tags" } as const;

export function EntryList({ draft, kinds, empty }: EntryListProps) {
  const rows = kinds.flatMap((kind) => draft[LISTS[kind]].map((entry) => ({ ...entry, kind })));
  if (rows.length === 0) return <Box color="text-body-secondary">{empty}</Box>;
  return (
    <Table<Row>
      variant="embedded"
      contentDensity="compact"
      wrapLines
      ariaLabels={{ tableLabel: kinds.map((kind) => texts[kind]).join(", ") }}
      items={rows}
      trackBy={({ kind, name }) => `${kind} ${name}`}
      columnDefinitions={[
        { id: "name", header: texts.name, isRowHeader: true, cell: ({ name }) => name, minWidth: 90 },
        ...(kinds.length > 1
          ? [
              {
                id: "kind",
                header: texts.kind,
                cell: ({ kind }: Row) => (
                  <Badge color={kind === "secret" ? "blue" : "grey"}>{texts[kind]}</Badge>
                ),
              },
            ]
          : []),
        {
          id: "value",
          header: texts.value,
          minWidth: 140,
          cell: ({ name, value }) => (value === "" ? texts.none : <CopyText text={value} label={name} />),
        },
      ]}
    />
  );
}
