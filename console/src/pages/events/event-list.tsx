/** The newest events, by service, kind, severity and time. */
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useRead, useReadAll } from "../../api/queries.ts";
import type { Input, Output } from "../../api/wire.ts";
import { exactMoment, Moment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { eventTexts } from "../../texts.ts";
import { EventDialog } from "./event-dialog.tsx";
import { Severity } from "./severity.tsx";
import "./event-list.css";

export type ShownEvent = Output<"Slipway.ListEvents">["Events"][number];
type Filter = Input<"Slipway.ListEvents">;
type Kind = NonNullable<Filter["DetailTypes"]>[number];

const EVENTS_MAX = 100;
const MINUTE_S = 60;
const ALL = "";

const kindOptions = [
  { value: ALL, label: eventTexts.allKinds },
  ...Object.entries(eventTexts.kinds).map(([value, label]) => ({ value, label })),
];
const severityOptions = Object.entries(eventTexts.severities).map(([value, label]) => ({ value, label }));
const spanOptions = Object.entries(eventTexts.spans).map(([value, label]) => ({ value, label }));

export function EventList() {
  const [service, setService] = useState(ALL);
  const [kind, setKind] = useState(ALL);
  const [severity, setSeverity] = useState("INFO");
  const [span, setSpan] = useState("0");
  const [since, setSince] = useState<number | null>(null);
  const [shown, setShown] = useState<ShownEvent | null>(null);
  const services = useReadAll("AppRunner.ListServices", {}, "ServiceSummaryList", { topics: ["services"] });
  const events = useRead(
    "Slipway.ListEvents",
    {
      MaxResults: EVENTS_MAX,
      MinimumSeverity: severity as Filter["MinimumSeverity"],
      ...(service === ALL ? {} : { ServiceArn: service }),
      ...(kind === ALL ? {} : { DetailTypes: [kind as Kind] }),
      ...(since === null ? {} : { StartTime: since }),
    },
    { topics: ["events"], keepsFormer: true },
  );
  const chooseSpan = (value: string) => {
    setSpan(value);
    const seconds = Number(value);
    // To the minute, so that the same question is the same answer.
    setSince(seconds === 0 ? null : Math.floor(Date.now() / 1_000 / MINUTE_S) * MINUTE_S - seconds);
  };
  const serviceOptions = [
    { value: ALL, label: eventTexts.allServices },
    ...(services.data ?? []).map(({ ServiceArn = "", ServiceName = "" }) => ({
      value: ServiceArn,
      label: ServiceName,
    })),
  ];
  const filters = (
    <SpaceBetween direction="horizontal" size="s">
      <Chosen label={eventTexts.service} value={service} options={serviceOptions} onChoose={setService} />
      <Chosen label={eventTexts.kind} value={kind} options={kindOptions} onChoose={setKind} />
      <Chosen label={eventTexts.minimum} value={severity} options={severityOptions} onChoose={setSeverity} />
      <Chosen label={eventTexts.span} value={span} options={spanOptions} onChoose={chooseSpan} />
    </SpaceBetween>
  );
  return (
    <>
      <ResourceTable
        id="events"
        title={eventTexts.happened}
        description={
          events.data?.NextToken === undefined
            ? eventTexts.happenedHint
            : `${eventTexts.happenedHint} ${eventTexts.cut(EVENTS_MAX)}`
        }
        list={{ ...events, data: events.data?.Events }}
        keyOf={({ Id }) => Id}
        empty={{ title: eventTexts.noEvents, text: eventTexts.noEventsHint }}
        variant="container"
        headingLevel="h2"
        filters={filters}
        columns={[
          {
            id: "time",
            header: eventTexts.time,
            text: ({ Time }) => exactMoment(Time),
            cell: ({ Time }) => <Moment seconds={Time} />,
            sortBy: ({ Time }) => Time,
          },
          {
            id: "severity",
            header: eventTexts.severity,
            text: (event) => event.Severity,
            cell: (event) => <Severity severity={event.Severity} />,
          },
          { id: "service", header: eventTexts.service, text: ({ ServiceName }) => ServiceName ?? "–" },
          {
            id: "kind",
            header: eventTexts.kind,
            text: ({ DetailType }) => kindText(DetailType),
            isShown: false,
          },
          {
            id: "message",
            header: eventTexts.message,
            text: ({ Message }) => Message,
            cell: ({ Message }) => (
              <div className="event-message" title={Message}>
                {Message}
              </div>
            ),
          },
          {
            id: "details",
            header: eventTexts.details,
            text: () => "",
            isSortable: false,
            cell: (event) => (
              <Button
                variant="inline-link"
                ariaLabel={`${eventTexts.details}: ${event.Message}`}
                onClick={() => setShown(event)}
              >
                {eventTexts.details}
              </Button>
            ),
          },
        ]}
      />
      {shown === null ? null : <EventDialog event={shown} onClose={() => setShown(null)} />}
    </>
  );
}

export function kindText(detailType: string): string {
  return (eventTexts.kinds as Readonly<Record<string, string>>)[detailType] ?? detailType;
}

interface ChosenProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly SelectProps.Option[];
  readonly onChoose: (value: string) => void;
}

function Chosen({ label, value, options, onChoose }: ChosenProps) {
  return (
    <FormField label={label}>
      <Select
        selectedOption={options.find((option) => option.value === value) ?? null}
        options={options}
        onChange={({ detail }) => onChoose(detail.selectedOption.value ?? ALL)}
        filteringType={options.length > MANY ? "auto" : "none"}
        expandToViewport
      />
    </FormField>
  );
}

const MANY = 10;
