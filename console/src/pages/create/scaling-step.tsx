/** Step 4: how many instances, seen against a load, and when one is healthy. */
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { ExtensionFields } from "../../parts/service-fields/extension-fields.tsx";
import type { SectionProps } from "../../parts/service-fields/field.tsx";
import { HealthCheckFields } from "../../parts/service-fields/health-check-fields.tsx";
import { ScalingSimulation } from "../../parts/service-fields/scaling-simulation.tsx";
import { ScalingFields } from "../../parts/service-fields/scaling-fields.tsx";
import { extensionTitles, fields } from "../../texts.ts";

export function ScalingStep(props: SectionProps) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{fields.sections.scaling}</Header>}>
        <ScalingFields {...props} />
      </Container>
      <ExpandableSection variant="container" headerText={extensionTitles.scaling}>
        <ExtensionFields {...props} group="scaling" />
      </ExpandableSection>
      <ScalingSimulation draft={props.draft} />
      <Container header={<Header variant="h2">{fields.sections.health}</Header>}>
        <HealthCheckFields {...props} />
      </Container>
    </SpaceBetween>
  );
}
