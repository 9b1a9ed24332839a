/** Step 1: an image or a repository, and when it is deployed; or an example, which needs no more steps. */
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { useState } from "react";
import { useAddressWords } from "../../parts/address.ts";
import { CodeSourceFields } from "../../parts/service-fields/code-source-fields.tsx";
import { ofSource } from "../../parts/service-fields/draft.ts";
import type { SectionProps } from "../../parts/service-fields/field.tsx";
import { ImageSourceFields } from "../../parts/service-fields/image-source-fields.tsx";
import { create, fields } from "../../texts.ts";
import { Examples } from "../services/examples.tsx";
import { Detection } from "./detection.tsx";

const texts = create.sourceKind;

export function SourceStep(props: SectionProps) {
  const { draft, onChange } = props;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{texts.label}</Header>}>
        <Tiles
          ariaLabel={texts.label}
          value={draft.sourceKind}
          items={[
            { value: "image", label: texts.image, description: texts.imageHelp },
            { value: "code", label: texts.code, description: texts.codeHelp },
          ]}
          onChange={({ detail }) => onChange(ofSource(detail.value === "code" ? "code" : "image"))}
        />
      </Container>
      <ExamplesSection />
      <Container header={<Header variant="h2">{fields.sections.source}</Header>}>
        {draft.sourceKind === "image" ? <ImageSourceFields {...props} /> : <CodeSourceFields {...props} />}
      </Container>
      {draft.sourceKind === "code" ? <Detection draft={draft} onChange={onChange} /> : null}
    </SpaceBetween>
  );
}

/** `?examples=shown` opens them. They are asked for when somebody wants to see them. */
function ExamplesSection() {
  const address = useAddressWords();
  const [isShown, setShown] = useState(address.get("examples") !== null);
  return (
    <ExpandableSection
      variant="container"
      headerText={texts.example}
      headerDescription={texts.exampleHelp}
      headingTagOverride="h2"
      expanded={isShown}
      onChange={({ detail }) => setShown(detail.expanded)}
    >
      {isShown ? <Examples /> : null}
    </ExpandableSection>
  );
}
