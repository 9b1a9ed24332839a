/** Step 1: an image or a repository, and when it is deployed. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { CodeSourceFields } from "../../parts/service-fields/code-source-fields.tsx";
import { ofSource } from "../../parts/service-fields/draft.ts";
import type { SectionProps } from "../../parts/service-fields/field.tsx";
import { ImageSourceFields } from "../../parts/service-fields/image-source-fields.tsx";
import { create, fields } from "../../texts.ts";
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
      <Container header={<Header variant="h2">{fields.sections.source}</Header>}>
        {draft.sourceKind === "image" ? <ImageSourceFields {...props} /> : <CodeSourceFields {...props} />}
      </Container>
      {draft.sourceKind === "code" ? <Detection draft={draft} onChange={onChange} /> : null}
    </SpaceBetween>
  );
}
