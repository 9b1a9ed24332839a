/** Whether requests are traced. */
import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useReadAll } from "../../api/queries.ts";
import { fields } from "../../texts.ts";
import { type SectionProps, SelectField } from "./field.tsx";

const texts = fields.observabilityArn;

export function ObservabilityFields(props: SectionProps) {
  const { draft, onChange } = props;
  const { data, isPending } = useReadAll(
    "AppRunner.ListObservabilityConfigurations",
    {},
    "ObservabilityConfigurationSummaryList",
    { topics: ["resources"] },
  );
  const first = data?.[0]?.ObservabilityConfigurationArn ?? "";
  const isOn = draft.observabilityArn !== "";
  return (
    <SpaceBetween size="l">
      <FormField label={texts.label} description={texts.help}>
        <Toggle
          checked={isOn}
          disabled={first === "" && !isOn}
          onChange={({ detail }) => onChange({ observabilityArn: detail.checked ? first : "" })}
        >
          {texts.toggle}
        </Toggle>
      </FormField>
      {data?.length === 0 ? (
        <Alert type="info">
          <Link href="#/observability">{texts.noConfigurations}</Link>
        </Alert>
      ) : null}
      {isOn ? (
        <SelectField
          {...props}
          field="observabilityArn"
          texts={{ label: texts.configuration }}
          isLoading={isPending}
          options={(data ?? []).map((one) => ({
            value: one.ObservabilityConfigurationArn ?? "",
            label: fields.scaling.revision(
              one.ObservabilityConfigurationName ?? "",
              one.ObservabilityConfigurationRevision ?? 1,
            ),
          }))}
        />
      ) : null}
    </SpaceBetween>
  );
}
