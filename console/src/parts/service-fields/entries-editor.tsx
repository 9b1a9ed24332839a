/** Rows of name and value: variables and tags. */
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Input from "@cloudscape-design/components/input";
import { fields } from "../../texts.ts";
import type { DraftEntry } from "./draft.ts";
import type { Problems } from "./problems.ts";

interface EntriesEditorProps {
  readonly list: "variables" | "tags";
  readonly rows: readonly DraftEntry[];
  readonly onChange: (rows: readonly DraftEntry[]) => void;
  readonly problems: Problems;
  readonly texts: {
    readonly name: string;
    readonly value: string;
    readonly add: string;
    readonly empty: string;
  };
}

const texts = fields.variables;

export function EntriesEditor({ list, rows, onChange, problems, texts: own }: EntriesEditorProps) {
  return (
    <AttributeEditor<DraftEntry>
      items={rows}
      addButtonText={own.add}
      removeButtonText={texts.remove}
      removeButtonAriaLabel={({ name }) => texts.removeRow(name)}
      empty={own.empty}
      gridLayout={[{ rows: [[2, 3]], breakpoint: "xs" }, { rows: [[1], [1]] }]}
      additionalInfo={problems.get(list)}
      onAddButtonClick={() => onChange([...rows, { name: "", value: "" }])}
      onRemoveButtonClick={({ detail }) => onChange(rows.filter((_row, index) => index !== detail.itemIndex))}
      definition={[
        {
          label: own.name,
          control: ({ name }, index) => (
            <Input
              value={name}
              placeholder={texts.namePlaceholder}
              ariaLabel={own.name}
              autoComplete={false}
              spellcheck={false}
              onChange={({ detail }) => onChange(changedRow(rows, index, { name: detail.value }))}
            />
          ),
          errorText: (_row, index) => problems.get(`${list}[${index}]`),
        },
        {
          label: own.value,
          control: ({ value }, index) => (
            <Input
              value={value}
              placeholder={texts.valuePlaceholder}
              ariaLabel={own.value}
              autoComplete={false}
              spellcheck={false}
              onChange={({ detail }) => onChange(changedRow(rows, index, { value: detail.value }))}
            />
          ),
        },
      ]}
    />
  );
}

export function changedRow(
  rows: readonly DraftEntry[],
  index: number,
  change: Partial<DraftEntry>,
): readonly DraftEntry[] {
  return rows.map((row, at) => (at === index ? { ...row, ...change } : row));
}
