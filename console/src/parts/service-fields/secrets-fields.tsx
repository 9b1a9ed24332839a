/** Secrets: variables that get a value of Secrets Manager or Parameter Store. Only references are here, never values. */
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Autosuggest, { type AutosuggestProps } from "@cloudscape-design/components/autosuggest";
import Box from "@cloudscape-design/components/box";
import Grid from "@cloudscape-design/components/grid";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useReadAll } from "../../api/queries.ts";
import { fields } from "../../texts.ts";
import type { DraftEntry } from "./draft.ts";
import { changedRow } from "./entries-editor.tsx";
import type { SectionProps } from "./field.tsx";
import type { Problems } from "./problems.ts";
import { formatSecretReference, parseSecretReference, type SecretParts } from "./secret-reference.ts";

const texts = fields.secrets;
const READ = { topics: ["resources"] } as const;

export function SecretsFields({ draft, onChange, problems }: SectionProps) {
  const stores = useStores();
  const change = (secrets: readonly DraftEntry[]) => onChange({ secrets });
  return (
    <SpaceBetween size="s">
      <Box color="text-body-secondary">{texts.help}</Box>
      <AttributeEditor<DraftEntry>
        items={draft.secrets}
        addButtonText={texts.add}
        removeButtonText={fields.variables.remove}
        removeButtonAriaLabel={({ name }) => fields.variables.removeRow(name)}
        empty={texts.empty}
        gridLayout={[{ rows: [[2, 3]], breakpoint: "xs" }, { rows: [[1], [1]] }]}
        onAddButtonClick={() => change([...draft.secrets, { name: "", value: "" }])}
        onRemoveButtonClick={({ detail }) =>
          change(draft.secrets.filter((_row, index) => index !== detail.itemIndex))
        }
        definition={[
          {
            label: fields.variables.name,
            control: ({ name }, index) => (
              <Input
                value={name}
                placeholder={fields.variables.namePlaceholder}
                ariaLabel={fields.variables.name}
                autoComplete={false}
                spellcheck={false}
                onChange={({ detail }) => change(changedRow(draft.secrets, index, { name: detail.value }))}
              />
            ),
            errorText: (_row, index) => nameProblem(problems, index),
          },
          {
            label: texts.source,
            control: ({ value }, index) => (
              <ReferencePicker
                value={value}
                stores={stores}
                onChange={(reference) => change(changedRow(draft.secrets, index, { value: reference }))}
              />
            ),
          },
        ]}
      />
    </SpaceBetween>
  );
}

function nameProblem(problems: Problems, index: number): string | undefined {
  return problems.get(`secrets[${index}]`);
}

/** Groups of what may be chosen. */
function useStores(): readonly AutosuggestProps.OptionGroup[] {
  const secrets = useReadAll("secretsmanager.ListSecrets", {}, "SecretList", READ);
  const parameters = useReadAll("AmazonSSM.DescribeParameters", {}, "Parameters", READ);
  return [
    {
      label: texts.secretsGroup,
      options: (secrets.data ?? []).map(({ ARN, Name }) => ({ value: ARN ?? "", label: Name ?? "" })),
    },
    {
      label: texts.parametersGroup,
      options: (parameters.data ?? []).map(({ Name = "" }) => ({ value: Name, label: Name })),
    },
  ].filter(({ options }) => options.length > 0);
}

interface ReferencePickerProps {
  readonly value: string;
  readonly stores: readonly AutosuggestProps.OptionGroup[];
  readonly onChange: (value: string) => void;
}

function ReferencePicker({ value, stores, onChange }: ReferencePickerProps) {
  const parts = parseSecretReference(value);
  const isSecret = parts?.kind === "secret";
  const change = (change: Partial<SecretParts>) => {
    if (parts !== null) onChange(formatSecretReference({ ...parts, ...change }));
  };
  return (
    <SpaceBetween size="xxs">
      <Autosuggest
        value={isSecret ? parts.id : value}
        options={stores}
        ariaLabel={texts.source}
        placeholder={texts.choose}
        enteredTextLabel={texts.use}
        empty={texts.none}
        onChange={({ detail }) => (isSecret ? change({ id: detail.value }) : onChange(detail.value))}
      />
      {isSecret ? (
        <Grid gridDefinition={[{ colspan: 4 }, { colspan: 4 }, { colspan: 4 }]}>
          {(["jsonKey", "stage", "versionId"] as const).map((part) => (
            <Input
              key={part}
              value={parts[part]}
              ariaLabel={texts[part]}
              placeholder={texts[part]}
              autoComplete={false}
              spellcheck={false}
              onChange={({ detail }) => change({ [part]: detail.value.replaceAll(":", "") })}
            />
          ))}
        </Grid>
      ) : null}
    </SpaceBetween>
  );
}
