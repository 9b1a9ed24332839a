/** Step 3: name, size, start, variables and secrets. What apprunner.yaml says is not asked for. */
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { ExtensionFields } from "../../parts/service-fields/extension-fields.tsx";
import { type SectionProps, TextField } from "../../parts/service-fields/field.tsx";
import { InstanceFields } from "../../parts/service-fields/instance-fields.tsx";
import { RunFields } from "../../parts/service-fields/run-fields.tsx";
import { SecretsFields } from "../../parts/service-fields/secrets-fields.tsx";
import { VariablesFields } from "../../parts/service-fields/variables-fields.tsx";
import { extensionTitles, fields } from "../../texts.ts";

const titles = fields.sections;

export function ServiceStep(props: SectionProps) {
  const { sourceKind, buildFrom } = props.draft;
  const isSaidByFile = sourceKind === "code" && buildFrom === "file";
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{titles.service}</Header>}>
        <SpaceBetween size="l">
          <TextField {...props} field="name" texts={fields.name} />
          <InstanceFields {...props} />
          {isSaidByFile ? null : <RunFields {...props} />}
        </SpaceBetween>
      </Container>
      {isSaidByFile ? null : (
        <Container header={<Header variant="h2">{titles.variables}</Header>}>
          <VariablesFields {...props} />
        </Container>
      )}
      {isSaidByFile ? null : (
        <Container header={<Header variant="h2">{titles.secrets}</Header>}>
          <SecretsFields {...props} />
        </Container>
      )}
      <ExpandableSection variant="container" headerText={extensionTitles.life}>
        <ExtensionFields {...props} group="life" />
      </ExpandableSection>
    </SpaceBetween>
  );
}
