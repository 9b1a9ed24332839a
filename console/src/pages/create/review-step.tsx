/** The last step: everything at one look, and the same as code. */
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ServiceDraft } from "../../parts/service-fields/draft.ts";
import { KeyName } from "../../parts/key-name.tsx";
import { create, fields } from "../../texts.ts";
import { AsCode } from "./as-code.tsx";
import { factsOf } from "./review-facts.ts";
import { stepsOf, type StepId } from "./wizard-steps.tsx";

interface ReviewStepProps {
  readonly draft: ServiceDraft;
  readonly onEdit: (step: StepId) => void;
}

export function ReviewStep({ draft, onEdit }: ReviewStepProps) {
  return (
    <SpaceBetween size="l">
      {stepsOf(draft).map(({ id }) => (
        <Container
          key={id}
          header={
            <Header
              variant="h2"
              actions={
                <Button ariaLabel={`${create.edit}: ${create.steps[id]}`} onClick={() => onEdit(id)}>
                  {create.edit}
                </Button>
              }
            >
              {create.steps[id]}
            </Header>
          }
        >
          <KeyValuePairs
            columns={3}
            items={factsOf(draft, id).map(([label, value]) => ({
              label,
              value:
                label === fields.kmsKeyArn.label && draft.kmsKeyArn !== "" ? (
                  <KeyName arn={draft.kmsKeyArn} />
                ) : (
                  value
                ),
            }))}
          />
        </Container>
      ))}
      <AsCode draft={draft} />
    </SpaceBetween>
  );
}
