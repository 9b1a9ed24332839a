/** Makes an alarm or changes one, with its threshold drawn over the last hours of what it watches. */
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { alarms as texts } from "../../texts.ts";
import { ActionFields } from "./action-fields.tsx";
import { AlarmChart } from "./alarm-chart.tsx";
import {
  type Alarm,
  type AlarmDraft,
  draftOf,
  INSTANCE_METRICS,
  type MetricName,
  NEW_ALARM,
  PERIODS_S,
  periodText,
  problemsOf,
  toInput,
  withInstance,
  withMetric,
} from "./alarm-data.ts";
import { errorRate } from "./alarm-math.ts";
import { InstanceField } from "./instance-field.tsx";
import { MathFields } from "./math-fields.tsx";
import { options, useServiceOptions } from "./metric-options.ts";

const words = texts.form;
/** Those that have a field. */
const MEMBERS = [
  "AlarmName",
  "AlarmDescription",
  "Period",
  "Metrics",
  "Threshold",
  "EvaluationPeriods",
  "DatapointsToAlarm",
  "AlarmActions",
  "OKActions",
  "InsufficientDataActions",
];

export interface AlarmFormProps {
  /** Null: a new one. */
  readonly alarm: Alarm | null;
  /** What a new one begins with. */
  readonly beginning?: AlarmDraft;
  readonly onClose: () => void;
  readonly onSaved: (name: string) => void;
}

export function AlarmForm({ alarm, beginning = NEW_ALARM, onClose, onSaved }: AlarmFormProps) {
  const notify = useNotify();
  const [draft, setDraft] = useState<AlarmDraft>((alarm && draftOf(alarm)) ?? beginning);
  const put = useAct("GraniteServiceVersion20100801.PutMetricAlarm", {
    onDone: () => {
      notify({ type: "success", text: texts.saved(draft.name) });
      onSaved(draft.name.trim());
    },
  });
  const change = (changes: Partial<AlarmDraft>) => setDraft((former) => ({ ...former, ...changes }));
  const problems = problemsOf(draft);
  const terms = draft.math?.terms.map((_term, index) => `Metrics[${index + 1}]`) ?? [];
  const refusal = readRefusal(put.error?.message, [...MEMBERS, ...terms]);
  return (
    <FormDialog
      title={alarm === null ? words.createTitle : words.editTitle(alarm.AlarmName)}
      act={words.act}
      size="large"
      canAct={!Object.values(problems).includes(true)}
      isBusy={put.isPending}
      problem={refusal.rest}
      onClose={onClose}
      onAct={() => put.mutate(toInput(draft, alarm))}
    >
      <FormField label={words.name} errorText={refusal.at["AlarmName"]}>
        <Input
          value={draft.name}
          disabled={alarm !== null}
          onChange={({ detail }) => change({ name: detail.value })}
        />
      </FormField>
      <FormField label={words.watched}>
        <SegmentedControl
          label={words.watched}
          selectedId={draft.math === null ? "metric" : "math"}
          options={[
            { id: "metric", text: words.oneMetric },
            { id: "math", text: words.ofSeveral },
          ]}
          onChange={({ detail }) =>
            change({ math: detail.selectedId === "math" ? errorRate(draft.service, words.errorRate) : null })
          }
        />
      </FormField>
      {draft.math === null ? (
        <WhatFields draft={draft} onChange={change} onDraft={setDraft} periodProblem={refusal.at["Period"]} />
      ) : (
        <MathFields math={draft.math} refusals={refusal.at} onChange={(math) => change({ math })} />
      )}
      {draft.math === null ? null : (
        <PeriodField draft={draft} onChange={change} problem={refusal.at["Period"]} />
      )}
      <WhenFields
        draft={draft}
        onChange={change}
        thresholdProblem={problems.threshold ? words.thresholdProblem : refusal.at["Threshold"]}
        periodsProblem={
          problems.periods
            ? words.periodsProblem
            : (refusal.at["EvaluationPeriods"] ?? refusal.at["DatapointsToAlarm"])
        }
      />
      <AlarmChart draft={draft} />
      <ActionFields draft={draft} refusals={refusal.at} onDraft={setDraft} />
      <FormField label={words.about} errorText={refusal.at["AlarmDescription"]}>
        <Input value={draft.about} onChange={({ detail }) => change({ about: detail.value })} />
      </FormField>
    </FormDialog>
  );
}

interface FieldsProps {
  readonly draft: AlarmDraft;
  readonly onChange: (changes: Partial<AlarmDraft>) => void;
}

interface WhatFieldsProps extends FieldsProps {
  readonly onDraft: (draft: AlarmDraft) => void;
  readonly periodProblem: string | undefined;
}

function WhatFields({ draft, onChange, onDraft, periodProblem }: WhatFieldsProps) {
  const services = useServiceOptions();
  const { service, instanceId } = draft;
  const metrics = options(texts.metrics).filter(
    ({ value }) => instanceId === null || INSTANCE_METRICS.includes(value as MetricName),
  );
  const statistics = options(texts.statistics);
  return (
    <ColumnLayout columns={2}>
      <FormField label={words.service}>
        <Select
          options={services}
          selectedOption={
            draft.service === null ? null : { value: draft.service.id, label: draft.service.name }
          }
          placeholder={words.chooseService}
          filteringType={services.length > 10 ? "auto" : "none"}
          onChange={({ detail: { selectedOption: one } }) =>
            // An instance is one of its service.
            onChange({ service: { id: one.value ?? "", name: one.label ?? "" }, instanceId: null })
          }
        />
      </FormField>
      {service === null ? null : (
        <InstanceField
          serviceId={service.id}
          value={instanceId}
          onChoose={(chosen) => onDraft(withInstance(draft, chosen))}
        />
      )}
      <FormField label={words.metric}>
        <Select
          options={metrics}
          selectedOption={metrics.find(({ value }) => value === draft.metric) ?? null}
          onChange={({ detail }) => onDraft(withMetric(draft, detail.selectedOption.value as MetricName))}
        />
      </FormField>
      <FormField label={words.statistic}>
        <Select
          options={statistics}
          selectedOption={
            statistics.find(({ value }) => value === draft.statistic) ?? { value: draft.statistic }
          }
          onChange={({ detail }) => onChange({ statistic: detail.selectedOption.value ?? "Sum" })}
        />
      </FormField>
      <PeriodField draft={draft} onChange={onChange} problem={periodProblem} />
    </ColumnLayout>
  );
}

function PeriodField({ draft, onChange, problem }: FieldsProps & { readonly problem: string | undefined }) {
  const periods = PERIODS_S.map((seconds) => ({ value: String(seconds), label: periodText(seconds) }));
  const chosen = String(draft.periodS);
  return (
    <FormField label={words.period} errorText={problem}>
      <Select
        options={periods}
        selectedOption={
          periods.find(({ value }) => value === chosen) ?? { value: chosen, label: periodText(draft.periodS) }
        }
        onChange={({ detail }) => onChange({ periodS: Number(detail.selectedOption.value) })}
      />
    </FormField>
  );
}

interface WhenFieldsProps extends FieldsProps {
  readonly thresholdProblem: string | undefined;
  readonly periodsProblem: string | undefined;
}

function WhenFields({ draft, onChange, thresholdProblem, periodsProblem }: WhenFieldsProps) {
  const comparisons = options(texts.comparisons);
  const missing = options(words.missingOptions);
  return (
    <ColumnLayout columns={2}>
      <FormField label={words.comparison}>
        <Select
          options={comparisons}
          selectedOption={comparisons.find(({ value }) => value === draft.comparison) ?? null}
          onChange={({ detail }) =>
            onChange({ comparison: detail.selectedOption.value as AlarmDraft["comparison"] })
          }
        />
      </FormField>
      <FormField label={words.threshold} errorText={thresholdProblem}>
        <Input
          value={draft.threshold}
          inputMode="decimal"
          onChange={({ detail }) => onChange({ threshold: detail.value })}
        />
      </FormField>
      <FormField label={words.times}>
        <Input
          value={draft.periods}
          inputMode="numeric"
          onChange={({ detail }) => onChange({ periods: detail.value })}
        />
      </FormField>
      <FormField label={words.needed} errorText={periodsProblem}>
        <Input
          value={draft.needed}
          inputMode="numeric"
          onChange={({ detail }) => onChange({ needed: detail.value })}
        />
      </FormField>
      <FormField label={words.missing}>
        <Select
          options={missing}
          selectedOption={missing.find(({ value }) => value === draft.missing) ?? null}
          onChange={({ detail }) =>
            onChange({ missing: detail.selectedOption.value as AlarmDraft["missing"] })
          }
        />
      </FormField>
    </ColumnLayout>
  );
}
