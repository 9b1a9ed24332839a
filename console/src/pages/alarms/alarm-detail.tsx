/** One alarm: how it stands and why, what it watches, whom it tells, what became of it. */
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct, useReadAll } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { useNow } from "../../parts/now.ts";
import { Moment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton, useWhyNot } from "../../parts/permitted-button.tsx";
import { alarms as texts } from "../../texts.ts";
import { AlarmChart } from "./alarm-chart.tsx";
import { type Alarm, type AlarmState, conditionText, draftOf, serviceOf } from "./alarm-data.ts";
import { AlarmStateIndicator } from "./alarm-state.tsx";
import { historySpan, statePieces } from "./state-history.ts";
import { StateTimeline } from "./state-timeline.tsx";

const REFRESH_MS = 5_000;

export interface AlarmDetailProps {
  readonly alarm: Alarm;
  readonly onEdit: () => void;
  readonly onClose: () => void;
}

export function AlarmDetail({ alarm, onEdit, onClose }: AlarmDetailProps) {
  const draft = draftOf(alarm);
  const service = serviceOf(alarm);
  return (
    <SpaceBetween size="m">
      <Container
        header={
          <Header
            variant="h2"
            info={<AlarmStateIndicator state={alarm.StateValue} />}
            description={alarm.AlarmDescription}
            actions={<Actions alarm={alarm} canEdit={draft !== null} onEdit={onEdit} onClose={onClose} />}
          >
            {alarm.AlarmName}
          </Header>
        }
      >
        <SpaceBetween size="l">
          <KeyValuePairs
            columns={3}
            minColumnWidth={240}
            items={[
              { label: texts.columns.condition, value: conditionText(alarm) },
              {
                label: texts.columns.service,
                value:
                  service === null ? (
                    "–"
                  ) : (
                    <Link href={`#/services/${service.id}/metrics`}>{service.name}</Link>
                  ),
              },
              { label: texts.columns.since, value: <Moment seconds={alarm.StateTransitionedTimestamp} /> },
              { label: texts.reason, value: alarm.StateReason ?? "–" },
              {
                label: texts.tells,
                value: toldText(alarm),
              },
              {
                label: texts.missing,
                value: texts.form.missingOptions[alarm.TreatMissingData ?? "missing"],
              },
            ]}
          />
          {draft === null ? texts.notShown : <AlarmChart draft={draft} />}
        </SpaceBetween>
      </Container>
      <History name={alarm.AlarmName} state={alarm.StateValue ?? "INSUFFICIENT_DATA"} />
    </SpaceBetween>
  );
}

/** `ops (in alarm, OK)`, a destination after the other. */
function toldText({ AlarmActions = [], OKActions = [], InsufficientDataActions = [] }: Alarm): string {
  const lists = { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions };
  const arns = [...new Set(Object.values(lists).flat())];
  if (arns.length === 0) return texts.nobody;
  const states = Object.keys(lists) as AlarmState[];
  return arns
    .map((arn) =>
      texts.toldOf(
        arn.split("/").at(-1) ?? arn,
        states.filter((state) => lists[state].includes(arn)).map((state) => texts.states[state]),
      ),
    )
    .join("; ");
}

const NEEDED = [
  "cloudwatch:DisableAlarmActions",
  "cloudwatch:EnableAlarmActions",
  "cloudwatch:SetAlarmState",
  "cloudwatch:DeleteAlarms",
] as const;

interface ActionsProps extends AlarmDetailProps {
  readonly canEdit: boolean;
}

function Actions({ alarm, canEdit, onEdit, onClose }: ActionsProps) {
  const { AlarmName: name } = alarm;
  const notify = useNotify();
  const [dialog, setDialog] = useState<"delete" | "test" | null>(null);
  const toError = { onError: ({ message }: Error) => notify({ type: "error", text: message }) };
  const enable = useAct("GraniteServiceVersion20100801.EnableAlarmActions");
  const disable = useAct("GraniteServiceVersion20100801.DisableAlarmActions");
  const remove = useAct("GraniteServiceVersion20100801.DeleteAlarms", {
    onDone: () => {
      notify({ type: "success", text: texts.deleted(name) });
      onClose();
    },
  });
  const isOn = alarm.ActionsEnabled !== false;
  const switching = isOn ? "cloudwatch:DisableAlarmActions" : "cloudwatch:EnableAlarmActions";
  const whyNot = useWhyNot(NEEDED, alarm.AlarmArn);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ButtonDropdown
        items={[
          { id: "switch", text: isOn ? texts.disable : texts.enable, ...whyNot(switching) },
          { id: "test", text: texts.test, ...whyNot("cloudwatch:SetAlarmState") },
          { id: "delete", text: texts.delete, ...whyNot("cloudwatch:DeleteAlarms") },
        ]}
        onItemClick={({ detail: { id } }) => {
          if (id === "switch") (isOn ? disable : enable).mutate({ AlarmNames: [name] }, toError);
          else setDialog(id as "delete" | "test");
        }}
      >
        {texts.more}
      </ButtonDropdown>
      <PermittedButton
        needs="cloudwatch:PutMetricAlarm"
        of={alarm.AlarmArn}
        disabled={!canEdit}
        onClick={onEdit}
      >
        {texts.edit}
      </PermittedButton>
      <Button variant="icon" iconName="close" ariaLabel={texts.close} onClick={onClose} />
      {dialog === "delete" ? (
        <DeleteDialog
          title={texts.deleteTitle(name)}
          isBusy={remove.isPending}
          problem={remove.error?.message}
          onDelete={() => remove.mutate({ AlarmNames: [name] })}
          onClose={() => setDialog(null)}
        >
          {texts.deleteText}
        </DeleteDialog>
      ) : null}
      {dialog === "test" ? <TestDialog name={name} onClose={() => setDialog(null)} /> : null}
    </SpaceBetween>
  );
}

function TestDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const [state, setState] = useState<AlarmState>("ALARM");
  const set = useAct("GraniteServiceVersion20100801.SetAlarmState", { onDone: onClose });
  const options = (Object.keys(texts.states) as AlarmState[]).map((value) => ({
    value,
    label: texts.states[value],
  }));
  return (
    <FormDialog
      title={texts.testTitle(name)}
      act={texts.set}
      size="small"
      isBusy={set.isPending}
      problem={set.error?.message ?? ""}
      onClose={onClose}
      onAct={() => set.mutate({ AlarmName: name, StateValue: state, StateReason: texts.testReason })}
    >
      <FormField label={texts.testState} description={texts.testText}>
        <Select
          options={options}
          selectedOption={options.find(({ value }) => value === state) ?? null}
          onChange={({ detail }) => setState(detail.selectedOption.value as AlarmState)}
        />
      </FormField>
    </FormDialog>
  );
}

function History({ name, state }: { readonly name: string; readonly state: AlarmState }) {
  const nowMs = useNow(REFRESH_MS);
  const list = useReadAll(
    "GraniteServiceVersion20100801.DescribeAlarmHistory",
    { AlarmName: name },
    "AlarmHistoryItems",
    { everyMs: REFRESH_MS },
  );
  return (
    <SpaceBetween size="m">
      {list.data === undefined ? null : (
        <Container header={<Header variant="h2">{texts.states24}</Header>}>
          <StateTimeline pieces={statePieces(list.data, state, historySpan(list.data, nowMs))} />
        </Container>
      )}
      <ResourceTable
        id="alarm-history"
        title={texts.history}
        list={list}
        keyOf={({ Timestamp = 0, HistorySummary = "" }) => `${Timestamp} ${HistorySummary}`}
        columns={[
          {
            id: "what",
            header: texts.what,
            text: ({ HistorySummary = "" }) => HistorySummary,
          },
          {
            id: "when",
            header: texts.when,
            text: ({ Timestamp = 0 }) => new Date(Timestamp * 1_000).toISOString(),
            cell: ({ Timestamp }) => <Moment seconds={Timestamp} />,
            sortBy: ({ Timestamp = 0 }) => Timestamp,
          },
        ]}
        empty={{ title: texts.historyEmpty }}
      />
    </SpaceBetween>
  );
}
