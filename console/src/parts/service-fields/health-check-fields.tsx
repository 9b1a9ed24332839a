/** How Slipway finds out whether an instance is well. */
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { fields, tryHealthCheck } from "../../texts.ts";
import { Choice, NumberField, type SectionProps, TextField } from "./field.tsx";
import { TryHealthCheck } from "./try-health-check.tsx";

const texts = fields.healthProtocol;

export function HealthCheckFields(props: SectionProps) {
  const { draft, onChange, serviceArn } = props;
  return (
    <SpaceBetween size="l">
      <Choice
        label={texts.label}
        value={draft.healthProtocol}
        choices={[
          ["TCP", texts.TCP, texts.TCPHelp],
          ["HTTP", texts.HTTP, texts.HTTPHelp],
        ]}
        onChoose={(healthProtocol) => onChange({ healthProtocol })}
      />
      {draft.healthProtocol === "HTTP" ? (
        <TextField {...props} field="healthPath" texts={fields.healthPath} />
      ) : null}
      <ColumnLayout columns={2}>
        {(["healthInterval", "healthTimeout", "healthyThreshold", "unhealthyThreshold"] as const).map(
          (field) => (
            <NumberField key={field} {...props} field={field} texts={fields[field]} />
          ),
        )}
      </ColumnLayout>
      {serviceArn === undefined ? (
        <Box color="text-body-secondary">{tryHealthCheck.later}</Box>
      ) : (
        <TryHealthCheck serviceArn={serviceArn} draft={draft} />
      )}
    </SpaceBetween>
  );
}
