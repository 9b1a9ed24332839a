/** Step 2, of source code: how it becomes an image. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { BuildFields } from "../../parts/service-fields/build-fields.tsx";
import type { SectionProps } from "../../parts/service-fields/field.tsx";
import { fields } from "../../texts.ts";
import { AppRunnerFile } from "./apprunner-file.tsx";

export function BuildStep(props: SectionProps) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{fields.sections.build}</Header>}>
        <BuildFields {...props} />
      </Container>
      {props.draft.buildFrom === "file" ? <AppRunnerFile draft={props.draft} /> : null}
    </SpaceBetween>
  );
}
