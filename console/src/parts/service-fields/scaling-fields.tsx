/** Between how many instances a service scales: by a configuration that is there, or by numbers of its own. */
import ColumnLayout from "@cloudscape-design/components/column-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useReadAll } from "../../api/queries.ts";
import { fields } from "../../texts.ts";
import { Choice, NumberField, type SectionProps, SelectField } from "./field.tsx";

const texts = fields.scaling;

export function ScalingFields(props: SectionProps) {
  const { draft, onChange } = props;
  return (
    <SpaceBetween size="l">
      <Choice
        label={texts.choice}
        value={draft.scalingChoice}
        choices={[
          ["named", texts.named, texts.namedHelp],
          ["own", texts.own, texts.ownHelp],
        ]}
        onChoose={(scalingChoice) => onChange({ scalingChoice })}
      />
      {draft.scalingChoice === "named" ? <NamedConfiguration {...props} /> : <OwnNumbers {...props} />}
    </SpaceBetween>
  );
}

function NamedConfiguration(props: SectionProps) {
  const { data = [], isPending } = useReadAll(
    "AppRunner.ListAutoScalingConfigurations",
    {},
    "AutoScalingConfigurationSummaryList",
    { topics: ["resources"] },
  );
  return (
    <SelectField
      {...props}
      field="scalingArn"
      texts={{ label: texts.configuration }}
      none={texts.accountDefault}
      isLoading={isPending}
      options={data.map((one) => ({
        value: one.AutoScalingConfigurationArn ?? "",
        label: texts.revision(
          one.AutoScalingConfigurationName ?? "",
          one.AutoScalingConfigurationRevision ?? 1,
        ),
      }))}
    />
  );
}

function OwnNumbers(props: SectionProps) {
  return (
    <ColumnLayout columns={3}>
      <NumberField {...props} field="maxConcurrency" texts={fields.maxConcurrency} />
      <NumberField {...props} field="minSize" texts={fields.minSize} />
      <NumberField {...props} field="maxSize" texts={fields.maxSize} />
    </ColumnLayout>
  );
}
