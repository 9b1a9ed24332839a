/** What is looked for in the audit trail. */
import Autosuggest from "@cloudscape-design/components/autosuggest";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useRead, useReadAll } from "../../api/queries.ts";
import { auditTexts as texts } from "../../texts.ts";
import type { AuditFilter } from "./audit-filter.ts";

export interface AuditFormProps {
  readonly filter: AuditFilter;
  readonly onChange: (filter: AuditFilter) => void;
}

export function AuditForm({ filter, onChange }: AuditFormProps) {
  const change = (part: Partial<AuditFilter>) => onChange({ ...filter, ...part });
  const users = useReadAll("AWSIdentityManagementV20100508.ListUsers", {}, "Users");
  const actions = useRead("Slipway.ListActions", {});
  const names = [texts.root, ...(users.data ?? []).map(({ UserName }) => UserName)];
  const actionNames = (actions.data?.Actions ?? []).map(({ Action }) => Action.split(":")[1] ?? Action);
  return (
    <ColumnLayout columns={3}>
      <Suggested
        label={texts.who}
        placeholder={texts.whoPlaceholder}
        value={filter.who}
        options={names}
        onChange={(who) => change({ who })}
      />
      <Suggested
        label={texts.what}
        placeholder={texts.whatPlaceholder}
        value={filter.what}
        options={[...new Set(actionNames)].toSorted()}
        onChange={(what) => change({ what })}
      />
      <Resource value={filter.resource} onChange={(resource) => change({ resource })} />
      <Chosen
        label={texts.outcome}
        words={texts.outcomes}
        value={filter.outcome}
        onChange={(outcome) => change({ outcome })}
      />
      <Chosen
        label={texts.kind}
        words={texts.kinds}
        value={filter.kind}
        onChange={(kind) => change({ kind })}
      />
      <Chosen
        label={texts.range}
        words={texts.ranges}
        value={filter.range}
        onChange={(range) => change({ range })}
      />
    </ColumnLayout>
  );
}

interface SuggestedProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChange: (value: string) => void;
}

/** Asked for when it is whole: chosen, or left by Enter or the next field. */
function Suggested({ label, placeholder, value, options, onChange }: SuggestedProps) {
  const [typed, setTyped] = useState(value);
  return (
    <FormField label={label} stretch>
      <Autosuggest
        value={typed}
        placeholder={placeholder}
        options={options.map((one) => ({ value: one }))}
        enteredTextLabel={texts.use}
        onChange={({ detail }) => {
          setTyped(detail.value);
          if (detail.value === "") onChange("");
        }}
        onSelect={({ detail }) => onChange(detail.value)}
        onBlur={() => onChange(typed)}
        onKeyDown={({ detail }) => detail.key === "Enter" && onChange(typed)}
      />
    </FormField>
  );
}

interface ResourceProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Resource({ value, onChange }: ResourceProps) {
  const [typed, setTyped] = useState(value);
  return (
    <FormField label={texts.resource} stretch>
      <Input
        type="search"
        value={typed}
        placeholder={texts.resourcePlaceholder}
        onChange={({ detail }) => {
          setTyped(detail.value);
          if (detail.value === "") onChange("");
        }}
        onBlur={() => onChange(typed)}
        onKeyDown={({ detail }) => detail.key === "Enter" && onChange(typed)}
      />
    </FormField>
  );
}

interface ChosenProps<Value extends string> {
  readonly label: string;
  readonly words: Readonly<Record<Value, string>>;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

function Chosen<Value extends string>({ label, words, value, onChange }: ChosenProps<Value>) {
  const options = (Object.keys(words) as Value[]).map((one) => ({ value: one, label: words[one] }));
  return (
    <FormField label={label} stretch>
      <Select
        options={options}
        selectedOption={options.find((option) => option.value === value) ?? null}
        onChange={({ detail }) => onChange(detail.selectedOption.value as Value)}
      />
    </FormField>
  );
}
