/** The calls that were found: a table, on a phone cards. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Cards from "@cloudscape-design/components/cards";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { exactMoment } from "../../parts/moment.tsx";
import { EmptyList } from "../../parts/resource-table-states.tsx";
import { useNarrow } from "../../parts/use-narrow.ts";
import { auditTexts as texts } from "../../texts.ts";
import { type AuditEvent, type AuditRecord, readRecord } from "./audit-record.ts";

export interface AuditTableProps {
  readonly events: readonly AuditEvent[];
  readonly isLoading: boolean;
  readonly onOpen: (event: AuditEvent) => void;
}

export function AuditTable({ events, isLoading, onOpen }: AuditTableProps) {
  const isNarrow = useNarrow();
  const what = (record: AuditRecord) => <What {...record} onOpen={onOpen} />;
  const common = {
    items: events.map(readRecord),
    trackBy: ({ event }: AuditRecord) => event.EventId,
    loading: isLoading,
    loadingText: texts.looking,
    empty: <EmptyList {...texts.none} />,
  };
  if (isNarrow) {
    const sections = columns.map(({ id, header, cell }) => ({ id, header, content: cell }));
    return (
      <Cards<AuditRecord>
        {...common}
        ariaLabels={{
          cardsLabel: texts.title,
          selectionGroupLabel: texts.title,
          itemSelectionLabel: (_, { event }) => event.EventName,
        }}
        cardDefinition={{ header: what, sections }}
      />
    );
  }
  const [time, who, ...others] = columns;
  const action = { id: "what", header: texts.what, isRowHeader: true, minWidth: 220, cell: what };
  return (
    <Table<AuditRecord>
      {...common}
      variant="embedded"
      contentDensity="compact"
      ariaLabels={{ tableLabel: texts.title }}
      enableKeyboardNavigation
      columnDefinitions={[time, who, action, ...others]}
    />
  );
}

/** All but the action, which opens the record and is the heading of a card. */
const columns = [
  { id: "time", header: texts.time, cell: ({ event }) => exactMoment(event.EventTime), minWidth: 190 },
  { id: "who", header: texts.who, cell: ({ event }) => event.Username ?? texts.unknown },
  { id: "outcome", header: texts.outcome, cell: (record) => <Outcome error={record.error} /> },
  {
    id: "resources",
    header: texts.resource,
    cell: ({ event }) => (
      <Box variant="small">{event.Resources.map((one) => shortName(one.ResourceName)).join(", ") || "–"}</Box>
    ),
  },
  { id: "from", header: texts.from, cell: ({ address }) => address || "–" },
] as const satisfies readonly TableProps.ColumnDefinition<AuditRecord>[];

interface WhatProps extends AuditRecord {
  readonly onOpen: (event: AuditEvent) => void;
}

function What({ event, onOpen }: WhatProps) {
  return (
    <Button
      variant="inline-link"
      ariaLabel={texts.open(event.EventName, exactMoment(event.EventTime))}
      onClick={() => onOpen(event)}
    >
      {event.EventName}
    </Button>
  );
}

function Outcome({ error }: Pick<AuditRecord, "error">) {
  if (error === null) return <StatusIndicator>{texts.done}</StatusIndicator>;
  return <StatusIndicator type="error">{error.code.replace(/Exception$/, "")}</StatusIndicator>;
}

/** `service/shop` of the long ARN. */
function shortName(arn: string): string {
  const parts = arn.split(":");
  return parts.length < 6
    ? arn
    : parts
        .slice(5)
        .join(":")
        .replace(/\/[0-9a-f]{32}$/, "");
}
