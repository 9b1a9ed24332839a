/** Adds statements to a policy by choosing from what is there, for who does not write JSON. */
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Multiselect, { type MultiselectProps } from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";
import { useReadAll } from "../../api/queries.ts";
import { identityTexts } from "../../texts.ts";
import { statementsOf, TEMPLATE_RESOURCES, type TemplateId, withStatements } from "./statement-templates.ts";

const texts = identityTexts.helper;
const TEMPLATES = Object.keys(TEMPLATE_RESOURCES) as TemplateId[];

export interface StatementHelperProps {
  readonly policy: string;
  readonly onChange: (policy: string) => void;
}

export function StatementHelper({ policy, onChange }: StatementHelperProps) {
  const [template, setTemplate] = useState<TemplateId>("readServices");
  const [chosen, setChosen] = useState<readonly MultiselectProps.Option[]>([]);
  const [isBroken, setBroken] = useState(false);
  const kind = TEMPLATE_RESOURCES[template];
  const add = () => {
    const arns = chosen.flatMap(({ value }) => value ?? []);
    const changed = withStatements(policy, statementsOf(template, arns));
    setBroken(changed === null);
    if (changed !== null) onChange(changed);
  };
  return (
    <ExpandableSection headerText={texts.title} variant="footer" defaultExpanded={policy.trim() === ""}>
      <SpaceBetween size="s">
        <FormField label={texts.what} stretch errorText={isBroken ? texts.broken : undefined}>
          <Select
            selectedOption={optionOf(template)}
            options={TEMPLATES.map(optionOf)}
            onChange={({ detail }) => {
              setTemplate(detail.selectedOption.value as TemplateId);
              setChosen([]);
            }}
          />
        </FormField>
        {kind === null ? null : <ChosenResources kind={kind} chosen={chosen} onChange={setChosen} />}
        <Button iconName="add-plus" formAction="none" onClick={add}>
          {texts.add}
        </Button>
      </SpaceBetween>
    </ExpandableSection>
  );
}

function optionOf(id: TemplateId) {
  const { label, text } = texts.templates[id];
  return { value: id, label, description: text };
}

export interface ChosenResourcesProps {
  readonly kind: "service" | "secret" | "parameter";
  readonly chosen: readonly MultiselectProps.Option[];
  readonly onChange: (chosen: readonly MultiselectProps.Option[]) => void;
  readonly label?: ReactNode;
  readonly note?: string;
}

/** ARNs, by names. */
export function ChosenResources({ kind, chosen, onChange, label, note }: ChosenResourcesProps) {
  const services = useReadAll("AppRunner.ListServices", {}, "ServiceSummaryList", {
    isEnabled: kind === "service",
  });
  const secrets = useReadAll("secretsmanager.ListSecrets", {}, "SecretList", {
    isEnabled: kind === "secret",
  });
  const parameters = useReadAll("AmazonSSM.DescribeParameters", {}, "Parameters", {
    isEnabled: kind === "parameter",
  });
  const options = {
    service: (services.data ?? []).map(({ ServiceName, ServiceArn }) => ({
      label: ServiceName ?? "",
      value: ServiceArn ?? "",
    })),
    secret: (secrets.data ?? []).map(({ Name, ARN }) => ({ label: Name, value: ARN })),
    parameter: (parameters.data ?? []).map(({ Name, ARN }) => ({ label: Name ?? "", value: ARN ?? "" })),
  }[kind];
  return (
    <FormField label={label ?? texts.resources[kind]} description={note ?? texts.all} stretch>
      <Multiselect
        selectedOptions={chosen}
        options={options}
        filteringType="auto"
        onChange={({ detail }) => onChange(detail.selectedOptions)}
      />
    </FormField>
  );
}
