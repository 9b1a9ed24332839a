/** What was sent to a destination, what waits, and what it never took. */
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useAct, useRead, useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import { Moment } from "../../parts/moment.tsx";
import { type ResourceColumn, ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { eventTexts } from "../../texts.ts";

type Delivery = Output<"Slipway.ListDeadLetters">["DeadLetters"][number];

const TYPES = { pending: "pending", delivered: "success", dead: "error" } as const;

const columns: readonly ResourceColumn<Delivery>[] = [
  { id: "what", header: eventTexts.message, text: ({ Event }) => Event.Message },
  {
    id: "state",
    header: eventTexts.state,
    text: ({ State }) => eventTexts.states[State],
    cell: ({ State }) => <StatusIndicator type={TYPES[State]}>{eventTexts.states[State]}</StatusIndicator>,
  },
  { id: "attempts", header: eventTexts.attempts, text: ({ Attempts }) => String(Attempts) },
  {
    id: "last",
    header: eventTexts.lastAttempt,
    text: () => "",
    cell: ({ LastAttemptAt }) => <Moment seconds={LastAttemptAt} />,
    sortBy: ({ LastAttemptAt }) => LastAttemptAt ?? 0,
  },
  {
    id: "next",
    header: eventTexts.nextAttempt,
    text: () => "",
    cell: ({ NextAttemptAt }) => <Moment seconds={NextAttemptAt} />,
  },
  {
    id: "answer",
    header: eventTexts.answer,
    text: ({ LastStatus, LastProblem }) =>
      LastProblem ?? (LastStatus === undefined ? "–" : String(LastStatus)),
  },
];

export function Deliveries({ name }: { readonly name: string }) {
  const notify = useNotify();
  const topics = ["events", "resources"] as const;
  const described = useRead("Slipway.DescribeEventDestination", { Name: name }, { topics });
  const dead = useReadAll("Slipway.ListDeadLetters", { Name: name }, "DeadLetters", { topics });
  const redeliver = useAct("Slipway.RedeliverEvents", {
    onDone: ({ Count }) => notify({ type: "success", text: eventTexts.redelivered(Count) }),
  });
  const send = (ids: readonly string[]) =>
    redeliver.mutate(
      { Name: name, ...(ids.length === 0 ? {} : { EventIds: ids.slice(0, IDS_MAX) }) },
      { onError: ({ message }) => notify({ type: "error", text: message }) },
    );
  const { data } = described;
  const sent = data === undefined ? undefined : [...data.PendingDeliveries, ...data.LastDeliveries];
  return (
    <SpaceBetween size="l">
      <ResourceTable
        id="event-deliveries"
        title={eventTexts.deliveries(name)}
        description={eventTexts.deliveriesHint}
        list={{ ...described, data: sent }}
        keyOf={({ Event, State }) => `${Event.Id} ${State}`}
        empty={{ title: eventTexts.noDeliveries }}
        variant="container"
        headingLevel="h2"
        columns={columns}
      />
      <ResourceTable
        id="event-dead-letters"
        title={eventTexts.deadLetters}
        description={eventTexts.deadHint}
        list={dead}
        keyOf={({ Event }) => Event.Id}
        empty={{ title: eventTexts.noDead }}
        variant="container"
        headingLevel="h2"
        selection="multi"
        actions={(selected) => (
          <PermittedButton
            needs="slipway:RedeliverEvents"
            disabled={(dead.data?.length ?? 0) === 0}
            loading={redeliver.isPending}
            onClick={() => send(selected.map(({ Event }) => Event.Id))}
          >
            {selected.length === 0 ? eventTexts.redeliverAll : eventTexts.redeliver}
          </PermittedButton>
        )}
        columns={columns}
      />
    </SpaceBetween>
  );
}

const IDS_MAX = 100;
