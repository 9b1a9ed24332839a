/** The value of a secret, typed as one text or as keys with values. */
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { secretTexts as texts } from "../../texts.ts";
import { arePairsComplete, fromPairs, type Pair, toPairs } from "../../parts/secret-text.ts";

export interface TypedValue {
  readonly text: string;
  /** Null: it is one text. */
  readonly pairs: readonly Pair[] | null;
}

export const emptyValue: TypedValue = { text: "", pairs: null };

/** Null: something is missing. */
export function finishedValue({ text, pairs }: TypedValue): string | null {
  if (pairs !== null) return arePairsComplete(pairs) ? fromPairs(pairs) : null;
  return text === "" ? null : text;
}

export interface SecretValueEditorProps {
  readonly value: TypedValue;
  readonly onChange: (value: TypedValue) => void;
  readonly problem?: string | undefined;
}

export function SecretValueEditor({ value, onChange, problem }: SecretValueEditorProps) {
  const [cannotSplit, setCannotSplit] = useState(false);
  const choose = (kind: string) => {
    if (kind === "text")
      return onChange({ text: value.pairs ? fromPairs(value.pairs) : value.text, pairs: null });
    const pairs = value.text.trim() === "" ? [{ key: "", value: "" }] : toPairs(value.text);
    setCannotSplit(pairs === null);
    if (pairs !== null) onChange({ ...value, pairs });
  };
  return (
    <SpaceBetween size="s">
      <FormField label={texts.valueKind} stretch errorText={cannotSplit ? texts.notPairs : undefined}>
        <SegmentedControl
          label={texts.valueKind}
          selectedId={value.pairs === null ? "text" : "pairs"}
          onChange={({ detail }) => choose(detail.selectedId)}
          options={[
            { id: "text", text: texts.asText },
            { id: "pairs", text: texts.asPairs },
          ]}
        />
      </FormField>
      {value.pairs === null ? (
        <FormField label={texts.value} stretch errorText={problem}>
          <Textarea
            value={value.text}
            rows={5}
            spellcheck={false}
            disableBrowserAutocorrect
            autoComplete={false}
            onChange={({ detail }) => onChange({ text: detail.value, pairs: null })}
          />
        </FormField>
      ) : (
        <Pairs pairs={value.pairs} onChange={(pairs) => onChange({ ...value, pairs })} problem={problem} />
      )}
    </SpaceBetween>
  );
}

interface PairsProps {
  readonly pairs: readonly Pair[];
  readonly onChange: (pairs: readonly Pair[]) => void;
  readonly problem?: string | undefined;
}

function Pairs({ pairs, onChange, problem }: PairsProps) {
  const change = (index: number, part: Partial<Pair>) =>
    onChange(pairs.map((pair, at) => (at === index ? { ...pair, ...part } : pair)));
  return (
    <FormField label={texts.value} description={texts.pairsHint} stretch errorText={problem}>
      <AttributeEditor<Pair>
        items={pairs}
        addButtonText={texts.addPair}
        removeButtonText={texts.removePair}
        empty={texts.noPairs}
        onAddButtonClick={() => onChange([...pairs, { key: "", value: "" }])}
        onRemoveButtonClick={({ detail }) => onChange(pairs.filter((_, index) => index !== detail.itemIndex))}
        definition={[
          {
            label: texts.key,
            control: ({ key }, index) => (
              <Input
                value={key}
                ariaLabel={`${texts.key} ${index + 1}`}
                autoComplete={false}
                spellcheck={false}
                onChange={({ detail }) => change(index, { key: detail.value })}
              />
            ),
          },
          {
            label: texts.value,
            control: ({ value }, index) => (
              <Input
                value={value}
                ariaLabel={`${texts.value} ${index + 1}`}
                autoComplete={false}
                spellcheck={false}
                onChange={({ detail }) => change(index, { value: detail.value })}
              />
            ),
          },
        ]}
      />
    </FormField>
  );
}
