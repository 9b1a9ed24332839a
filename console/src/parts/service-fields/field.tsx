/** One field of a draft: its label, its control, and what is wrong with it. */
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import type { ReactNode } from "react";
import { OptionalLabel } from "../optional-label.tsx";
import type { DraftChange, ServiceDraft } from "./draft.ts";
import type { FieldKey, Problems } from "./problems.ts";

/** What every section of a service's settings gets. */
export interface SectionProps {
  readonly draft: ServiceDraft;
  readonly onChange: (change: DraftChange) => void;
  readonly problems: Problems;
  /** Of the service that is there already: what can be tried on it is offered. */
  readonly serviceArn?: string;
}

type TextKey = {
  [Key in keyof ServiceDraft]: ServiceDraft[Key] extends string
    ? string extends ServiceDraft[Key]
      ? Key
      : never
    : never;
}[keyof ServiceDraft];

export interface FieldTexts {
  readonly label: string;
  readonly help?: string;
  readonly hint?: string;
  readonly placeholder?: string;
}

interface LabelledProps {
  readonly field: FieldKey;
  readonly texts: FieldTexts;
  readonly problems: Problems;
  readonly isOptional?: boolean;
  readonly isWide?: boolean;
  readonly secondary?: ReactNode;
  readonly children: ReactNode;
}

export function Labelled({
  field,
  texts,
  problems,
  isOptional = false,
  isWide = false,
  ...rest
}: LabelledProps) {
  return (
    <FormField
      label={isOptional ? <OptionalLabel text={texts.label} /> : texts.label}
      description={texts.help}
      constraintText={texts.hint}
      errorText={problems.get(field)}
      secondaryControl={rest.secondary}
      stretch={isWide}
    >
      {rest.children}
    </FormField>
  );
}

interface TextFieldProps extends SectionProps {
  readonly field: TextKey;
  readonly texts: FieldTexts;
  readonly isOptional?: boolean;
  readonly isWide?: boolean;
  readonly input?: Partial<InputProps>;
  readonly secondary?: ReactNode;
}

export function TextField({ field, texts, draft, onChange, problems, input, ...look }: TextFieldProps) {
  return (
    <Labelled field={field} texts={texts} problems={problems} {...look}>
      <Input
        value={draft[field]}
        placeholder={texts.placeholder}
        autoComplete={false}
        spellcheck={false}
        {...input}
        onChange={({ detail }) => onChange({ [field]: detail.value })}
      />
    </Labelled>
  );
}

export function NumberField(props: Omit<TextFieldProps, "input">) {
  return <TextField {...props} input={{ inputMode: "numeric" }} />;
}

interface ChoiceProps<Value extends string> {
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
  readonly label: string;
  readonly choices: readonly (readonly [value: Value, text: string, help?: string])[];
  /** What cannot be chosen now; who shows the choice says why. */
  readonly unavailable?: readonly Value[];
}

/** Few choices, all of them seen. */
export function Choice<Value extends string>({
  value,
  onChoose,
  label,
  choices,
  unavailable,
}: ChoiceProps<Value>) {
  return (
    <FormField label={label}>
      <RadioGroup
        value={value}
        items={choices.map(([one, text, help]) => ({
          value: one,
          label: text,
          description: help,
          disabled: unavailable?.includes(one) ?? false,
        }))}
        onChange={({ detail }) => onChoose(detail.value as Value)}
      />
    </FormField>
  );
}

interface SelectFieldProps extends SectionProps {
  readonly field: TextKey;
  readonly texts: FieldTexts;
  readonly options: readonly SelectProps.Option[];
  /** The choice of nothing. */
  readonly none?: string;
  readonly isLoading?: boolean;
  /** Why what could be chosen is not known. */
  readonly unread?: string | undefined;
  readonly empty?: string;
  readonly isOptional?: boolean;
  readonly isDisabled?: boolean;
  /** Beside the list: where another one is made. */
  readonly secondary?: ReactNode;
}

/** One of what there is. What was chosen before and is not there any more stays, as its ARN. */
export function SelectField({ field, texts, draft, onChange, problems, ...rest }: SelectFieldProps) {
  const value = draft[field];
  const options = [...(rest.none === undefined ? [] : [{ value: "", label: rest.none }]), ...rest.options];
  const chosen =
    options.find((option) => option.value === value) ?? (value === "" ? null : { value, label: value });
  return (
    <Labelled
      field={field}
      texts={texts}
      problems={problems}
      isOptional={rest.isOptional ?? false}
      secondary={rest.secondary}
    >
      <Select
        selectedOption={chosen}
        options={options}
        placeholder={texts.placeholder}
        statusType={rest.unread !== undefined ? "error" : rest.isLoading === true ? "loading" : "finished"}
        errorText={rest.unread}
        filteringType={options.length > 8 ? "auto" : "none"}
        disabled={rest.isDisabled ?? false}
        empty={rest.empty}
        onChange={({ detail }) => onChange({ [field]: detail.selectedOption.value ?? "" })}
      />
    </Labelled>
  );
}
