/** Step 6: traces, records and tags. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { ExtensionFields } from "../../parts/service-fields/extension-fields.tsx";
import type { SectionProps } from "../../parts/service-fields/field.tsx";
import { ObservabilityFields } from "../../parts/service-fields/observability-fields.tsx";
import { TagsFields } from "../../parts/service-fields/tags-fields.tsx";
import { fields } from "../../texts.ts";

export function ObserveStep(props: SectionProps) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{fields.sections.observability}</Header>}>
        <SpaceBetween size="l">
          <ObservabilityFields {...props} />
          <ExtensionFields {...props} group="records" />
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">{fields.sections.tags}</Header>}>
        <TagsFields {...props} />
      </Container>
    </SpaceBetween>
  );
}
