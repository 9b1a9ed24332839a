/** All alarms, those in alarm first, and the one that was chosen. */
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import { useReadAll } from "../../api/queries.ts";
import { Page } from "../../app/page.tsx";
import { useAddressWords } from "../../parts/address.ts";
import { Moment } from "../../parts/moment.tsx";
import { type ResourceColumn, ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { alarms as texts } from "../../texts.ts";
import { type Alarm, conditionText, serviceOf } from "./alarm-data.ts";
import { AlarmDetail } from "./alarm-detail.tsx";
import { AlarmForm } from "./alarm-form.tsx";
import { AlarmStateIndicator } from "./alarm-state.tsx";

/** States are found once a period, which may be ten seconds. */
const REFRESH_MS = 5_000;
const URGENCY = { ALARM: 0, INSUFFICIENT_DATA: 1, OK: 2 } as const;

export default function AlarmsPage() {
  const address = useAddressWords();
  const [editing, setEditing] = useState<Alarm | "new" | null>(null);
  const list = useReadAll("GraniteServiceVersion20100801.DescribeAlarms", {}, "MetricAlarms", {
    everyMs: REFRESH_MS,
  });
  const chosen = list.data?.find(({ AlarmName }) => AlarmName === address.get("alarm"));
  const columns = useMemo(() => columnsOf(), []);
  const choose = (name: string | null) => address.change({ alarm: name });
  const create = (
    <PermittedButton needs="cloudwatch:PutMetricAlarm" variant="primary" onClick={() => setEditing("new")}>
      {texts.create}
    </PermittedButton>
  );
  return (
    <Page title={texts.title} description={texts.description} actions={create}>
      <SpaceBetween size="l">
        <ResourceTable<Alarm>
          id="alarms"
          title={texts.title}
          list={list}
          keyOf={({ AlarmName }) => AlarmName}
          columns={columns}
          sortedBy="state"
          empty={{ title: texts.emptyTitle, text: texts.emptyText, action: create }}
        />
        {chosen === undefined ? null : (
          <AlarmDetail
            key={chosen.AlarmName}
            alarm={chosen}
            onEdit={() => setEditing(chosen)}
            onClose={() => choose(null)}
          />
        )}
      </SpaceBetween>
      {editing === null ? null : (
        <AlarmForm
          alarm={editing === "new" ? null : editing}
          onClose={() => setEditing(null)}
          onSaved={(name) => {
            setEditing(null);
            choose(name);
          }}
        />
      )}
    </Page>
  );
}

function columnsOf(): readonly ResourceColumn<Alarm>[] {
  return [
    {
      id: "name",
      header: texts.columns.name,
      text: ({ AlarmName }) => AlarmName,
      cell: ({ AlarmName }) => (
        <Link href={`#/alarms?${new URLSearchParams({ alarm: AlarmName })}`}>{AlarmName}</Link>
      ),
    },
    {
      id: "state",
      header: texts.columns.state,
      text: ({ StateValue = "INSUFFICIENT_DATA" }) => texts.states[StateValue],
      cell: ({ StateValue }) => <AlarmStateIndicator state={StateValue} />,
      sortBy: ({ StateValue = "INSUFFICIENT_DATA" }) => URGENCY[StateValue],
    },
    {
      id: "since",
      header: texts.columns.since,
      text: ({ StateTransitionedTimestamp = 0 }) =>
        new Date(StateTransitionedTimestamp * 1_000).toISOString(),
      cell: ({ StateTransitionedTimestamp }) => <Moment seconds={StateTransitionedTimestamp} />,
      sortBy: ({ StateTransitionedTimestamp = 0 }) => StateTransitionedTimestamp,
    },
    { id: "condition", header: texts.columns.condition, text: conditionText },
    { id: "service", header: texts.columns.service, text: (alarm) => serviceOf(alarm)?.name ?? "–" },
    {
      id: "actions",
      header: texts.columns.actions,
      text: ({ AlarmActions = [], OKActions = [], ActionsEnabled }) => {
        const count = new Set([...AlarmActions, ...OKActions]).size;
        if (count === 0) return texts.nobody;
        return `${texts.destinations(count)}, ${ActionsEnabled === false ? texts.off : texts.on}`;
      },
    },
  ];
}
