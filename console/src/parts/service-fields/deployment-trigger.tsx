/** Whether a new version is deployed by itself. */
import { fields } from "../../texts.ts";
import { Choice, type SectionProps } from "./field.tsx";

const texts = fields.deploysByItself;

export function DeploymentTrigger({ draft, onChange }: SectionProps) {
  const automatic = draft.sourceKind === "image" ? texts.automaticImage : texts.automaticCode;
  return (
    <Choice
      label={texts.label}
      value={draft.deploysByItself ? "automatic" : "manual"}
      choices={[
        ["manual", texts.manual, texts.manualHelp],
        ["automatic", texts.automatic, automatic],
      ]}
      onChoose={(value) => onChange({ deploysByItself: value === "automatic" })}
    />
  );
}
