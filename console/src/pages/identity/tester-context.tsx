/** What else is known of the call: keys that conditions of policies ask for. */
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import Box from "@cloudscape-design/components/box";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { testerTexts as texts } from "../../texts.ts";
import { type ContextRow, ownContext, type TesterFormProps } from "./tester-question.ts";

const KEYS = [
  "aws:SourceIp",
  "aws:CurrentTime",
  "aws:PrincipalTag/team",
  "aws:ResourceTag/team",
  "aws:RequestTag/team",
  "aws:TagKeys",
  "aws:UserAgent",
  "aws:RequestedRegion",
  "iam:PassedToService",
  "slipway:ImageIdentifier",
  "slipway:RepositoryUrl",
  "slipway:Branch",
].map((value) => ({ value }));

export function TesterContext({ question, onChange, now }: TesterFormProps) {
  const { context, principal } = question;
  const set = (rows: readonly ContextRow[]) => onChange({ ...question, context: rows });
  const change = (index: number, part: Partial<ContextRow>) =>
    set(context.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const told = principal === "" ? [] : ownContext(principal, now);
  return (
    <SpaceBetween size="s">
      <Box color="text-body-secondary">
        {texts.contextHint} {told.map(({ key, value }) => `${key} = ${value}`).join(", ")}
      </Box>
      <AttributeEditor<ContextRow>
        items={context}
        addButtonText={texts.add}
        removeButtonText={texts.remove}
        empty={texts.noContext}
        onAddButtonClick={() => set([...context, { key: "", value: "" }])}
        onRemoveButtonClick={({ detail }) => set(context.filter((_, index) => index !== detail.itemIndex))}
        definition={[
          {
            label: texts.key,
            control: ({ key }, index) => (
              <Autosuggest
                value={key}
                options={KEYS}
                ariaLabel={`${texts.key} ${index + 1}`}
                enteredTextLabel={texts.use}
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
                onChange={({ detail }) => change(index, { value: detail.value })}
              />
            ),
          },
        ]}
      />
    </SpaceBetween>
  );
}
