/** Slipway's extensions as fields: one group of them. An empty field is no tag. */
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import Toggle from "@cloudscape-design/components/toggle";
import { extensionFields } from "../../texts.ts";
import { ConnectedServices } from "./connected-services.tsx";
import {
  type ExtensionGroup,
  extensionGroups,
  type ExtensionKind,
  type ExtensionName,
  extensionSpecs,
  type ExtensionTexts,
} from "./extension-specs.ts";
import { Labelled, type SectionProps } from "./field.tsx";
import { SignatureKey } from "./signature-key.tsx";

export function ExtensionFields({ group, ...props }: SectionProps & { readonly group: ExtensionGroup }) {
  return (
    <ColumnLayout columns={2}>
      {extensionGroups[group].map((name) => (
        <ExtensionField key={name} name={name} {...props} />
      ))}
    </ColumnLayout>
  );
}

function ExtensionField({
  name,
  draft,
  onChange,
  problems,
}: SectionProps & { readonly name: ExtensionName }) {
  const value = draft.extensions[name] ?? "";
  const spec: ExtensionKind = extensionSpecs[name];
  return (
    <Labelled
      field={`extensions.${name}`}
      texts={extensionFields[name]}
      problems={problems}
      isOptional={spec.kind !== "switch" && spec.kind !== "words" && spec.kind !== "key"}
    >
      <Control
        name={name}
        spec={spec}
        ownName={draft.name}
        value={value}
        onValue={(next) => onChange({ extensions: withValue(draft.extensions, name, next) })}
      />
    </Labelled>
  );
}

interface ControlProps {
  readonly name: ExtensionName;
  readonly spec: ExtensionKind;
  /** Of the service that has them. */
  readonly ownName: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

function Control({ name, spec, ownName, value, onValue }: ControlProps) {
  const { label, placeholder, choices } = extensionFields[name];
  if (spec.kind === "switch") {
    const isOn = value === "" ? spec.isOnByDefault : value === "on";
    return (
      <Toggle
        checked={isOn}
        onChange={({ detail }) =>
          onValue(detail.checked === spec.isOnByDefault ? "" : detail.checked ? "on" : "off")
        }
      >
        {label}
      </Toggle>
    );
  }
  if (spec.kind === "words") {
    const [usual] = spec.words;
    const options = spec.words.map((word) => ({ value: word, label: choices?.[word] ?? word }));
    return (
      <Select
        selectedOption={
          options.find((option) => option.value === (value === "" ? usual : value)) ?? { value, label: value }
        }
        options={options}
        onChange={({ detail }) => {
          const chosen = detail.selectedOption.value ?? "";
          onValue(chosen === usual ? "" : chosen);
        }}
      />
    );
  }
  if (spec.kind === "services")
    return <ConnectedServices ownName={ownName} value={value} onValue={onValue} />;
  if (spec.kind === "key") return <SignatureKey value={value} onValue={onValue} />;
  return (
    <Input
      value={value}
      placeholder={placeholder}
      autoComplete={false}
      spellcheck={false}
      onChange={({ detail }) => onValue(detail.value)}
    />
  );
}

/** Without the name when there is nothing to say, so that two drafts that mean the same are the same. */
function withValue(present: ExtensionTexts, name: ExtensionName, value: string): ExtensionTexts {
  const { [name]: _former, ...rest } = present;
  return value === "" ? rest : { ...rest, [name]: value };
}
