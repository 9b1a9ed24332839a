/** Step 5: who may call, what may be called, roles, key, and what protects the service. */
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { ExtensionFields } from "../../parts/service-fields/extension-fields.tsx";
import type { SectionProps } from "../../parts/service-fields/field.tsx";
import { NetworkFields } from "../../parts/service-fields/network-fields.tsx";
import { SecurityFields } from "../../parts/service-fields/security-fields.tsx";
import { extensionTitles, fields } from "../../texts.ts";

const groups = ["traffic", "protection", "trust"] as const;

export function NetworkStep(props: SectionProps) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{fields.sections.network}</Header>}>
        <NetworkFields {...props} />
      </Container>
      <Container header={<Header variant="h2">{fields.sections.security}</Header>}>
        <SecurityFields {...props} canChangeKey />
      </Container>
      {groups.map((group) => (
        <ExpandableSection key={group} variant="container" headerText={extensionTitles[group]}>
          <ExtensionFields {...props} group={group} />
        </ExpandableSection>
      ))}
    </SpaceBetween>
  );
}
