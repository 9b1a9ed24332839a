/** Where events are sent: made, changed, tried, given a new secret, taken away; and what was sent to the chosen one. */
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useAct, useReadAll } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { Moment, exactMoment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton, useWhyNot } from "../../parts/permitted-button.tsx";
import { eventTexts } from "../../texts.ts";
import { Deliveries } from "./deliveries.tsx";
import type { Destination } from "./destination-draft.ts";
import { DestinationDialogs, type OpenDialog } from "./destination-dialogs.tsx";
import { filterText } from "./filter-text.ts";

const UPDATE = "slipway:UpdateEventDestination";
const NEEDED = [
  "slipway:TestEventDestination",
  "slipway:RotateEventDestinationSecret",
  "slipway:DeleteEventDestination",
  UPDATE,
] as const;

export function Destinations() {
  const notify = useNotify();
  const [open, setOpen] = useState<OpenDialog | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const list = useReadAll("Slipway.ListEventDestinations", {}, "Destinations", {
    topics: ["resources", "events"],
  });
  const whyNot = useWhyNot(NEEDED);
  const onError = ({ message }: Error) => notify({ type: "error", text: message });
  const test = useAct("Slipway.TestEventDestination", {
    onDone: ({ IsDelivered, Problem, Status }, { Name }) =>
      IsDelivered
        ? notify({ type: "success", text: eventTexts.testGood(Name) })
        : notify({
            type: "error",
            header: eventTexts.testBad(Name),
            text: Problem ?? String(Status ?? ""),
          }),
  });
  const update = useAct("Slipway.UpdateEventDestination");
  const act = (id: string, destination: Destination) => {
    const { Name, Status } = destination;
    if (id === "test") test.mutate({ Name }, { onError });
    if (id === "toggle") {
      update.mutate({ Name, Status: Status === "ENABLED" ? "DISABLED" : "ENABLED" }, { onError });
    }
    if (id === "edit" || id === "delete" || id === "rotate") setOpen({ kind: id, destination });
  };
  const present = (list.data ?? []).some(({ Name }) => Name === chosen) ? chosen : null;
  const create = (
    <PermittedButton
      needs="slipway:CreateEventDestination"
      variant="primary"
      onClick={() => setOpen({ kind: "create" })}
    >
      {eventTexts.create}
    </PermittedButton>
  );
  return (
    <SpaceBetween size="l">
      <ResourceTable
        id="event-destinations"
        title={eventTexts.destinations}
        description={eventTexts.destinationsHint}
        list={list}
        keyOf={({ Name }) => Name}
        empty={{ title: eventTexts.noDestinations, text: eventTexts.noDestinationsHint, action: create }}
        variant="container"
        headingLevel="h2"
        actions={() => create}
        columns={[
          {
            id: "name",
            header: eventTexts.name,
            text: ({ Name }) => Name,
            cell: ({ Name }) => (
              <Button variant="inline-link" onClick={() => setChosen(Name)}>
                {Name}
              </Button>
            ),
          },
          {
            id: "status",
            header: eventTexts.status,
            text: ({ Status }) => Status,
            cell: ({ Status, Problem }) =>
              Status === "ENABLED" ? (
                <StatusIndicator type="success">{eventTexts.enabled}</StatusIndicator>
              ) : (
                <StatusIndicator type={Problem === undefined ? "stopped" : "error"}>
                  {Problem ?? eventTexts.disabled}
                </StatusIndicator>
              ),
          },
          { id: "url", header: eventTexts.url, text: ({ Url }) => Url },
          { id: "format", header: eventTexts.format, text: ({ Format }) => eventTexts.formats[Format] },
          { id: "filter", header: eventTexts.filter, text: ({ Filter }) => filterText(Filter) },
          {
            id: "made",
            header: eventTexts.made,
            text: ({ CreatedAt }) => exactMoment(CreatedAt),
            cell: ({ CreatedAt }) => <Moment seconds={CreatedAt} />,
            isShown: false,
          },
          {
            id: "actions",
            header: eventTexts.actions,
            text: () => "",
            cell: (destination) => (
              <ButtonDropdown
                variant="inline-icon"
                ariaLabel={`${eventTexts.actions}: ${destination.Name}`}
                expandToViewport
                items={[
                  { id: "test", text: eventTexts.test, ...whyNot("slipway:TestEventDestination") },
                  { id: "edit", text: eventTexts.edit, ...whyNot(UPDATE) },
                  {
                    id: "rotate",
                    text: eventTexts.rotate,
                    ...whyNot("slipway:RotateEventDestinationSecret"),
                  },
                  {
                    id: "toggle",
                    text: destination.Status === "ENABLED" ? eventTexts.disable : eventTexts.enable,
                    ...whyNot(UPDATE),
                  },
                  { id: "delete", text: eventTexts.remove, ...whyNot("slipway:DeleteEventDestination") },
                ]}
                onItemClick={({ detail }) => act(detail.id, destination)}
              />
            ),
          },
        ]}
      />
      {present === null ? null : <Deliveries name={present} />}
      {open === null ? null : <DestinationDialogs open={open} setOpen={setOpen} />}
    </SpaceBetween>
  );
}
