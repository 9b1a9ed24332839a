/** The question of the policy tester: who, what, to what, and what else is known. */
import Autosuggest from "@cloudscape-design/components/autosuggest";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TokenGroup from "@cloudscape-design/components/token-group";
import { useMemo, useState } from "react";
import { useRead, useReadAll } from "../../api/queries.ts";
import { JsonEditor } from "../../parts/json-editor.tsx";
import { testerTexts as texts } from "../../texts.ts";
import { TesterContext } from "./tester-context.tsx";
import type { TesterFormProps, TesterQuestion } from "./tester-question.ts";

const IAM = "AWSIdentityManagementV20100508";

export function TesterForm({ question, onChange, now }: TesterFormProps) {
  const change = (part: Partial<TesterQuestion>) => onChange({ ...question, ...part });
  return (
    <Container header={<Header variant="h2">{texts.question}</Header>}>
      <SpaceBetween size="l">
        <Principal value={question.principal} onChange={(principal) => change({ principal })} />
        <Actions value={question.actions} onChange={(actions) => change({ actions })} />
        <Resources value={question.resources} onChange={(resources) => change({ resources })} />
        <ExpandableSection headerText={texts.context}>
          <TesterContext question={question} onChange={onChange} now={now} />
        </ExpandableSection>
        <ExpandableSection headerText={texts.draft}>
          <JsonEditor
            label={texts.draftLabel}
            value={question.draft}
            onChange={(draft) => change({ draft })}
          />
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  );
}

interface PrincipalProps {
  readonly value: string;
  readonly onChange: (arn: string) => void;
}

function Principal({ value, onChange }: PrincipalProps) {
  const users = useReadAll(`${IAM}.ListUsers`, {}, "Users");
  const roles = useReadAll(`${IAM}.ListRoles`, {}, "Roles");
  const groups = [
    {
      label: texts.users,
      options: (users.data ?? []).map(({ UserName, Arn }) => ({ label: UserName, value: Arn })),
    },
    {
      label: texts.roles,
      options: (roles.data ?? []).map(({ RoleName, Arn }) => ({ label: RoleName, value: Arn })),
    },
  ];
  const selected = groups.flatMap(({ options }) => options).find((option) => option.value === value) ?? null;
  return (
    <FormField label={texts.principal} stretch errorText={users.error?.message ?? roles.error?.message}>
      <Select
        selectedOption={selected}
        options={groups}
        filteringType="auto"
        placeholder={texts.principalPlaceholder}
        statusType={users.isPending || roles.isPending ? "loading" : "finished"}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")}
      />
    </FormField>
  );
}

interface ManyProps {
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

function Actions({ value, onChange }: ManyProps) {
  const { data, isPending, error } = useRead("Slipway.ListActions", {});
  const groups = useMemo(() => {
    const all = (data?.Actions ?? []).map(({ Action, IsReadOnly, Description }) => ({
      label: Action,
      value: Action,
      labelTag: IsReadOnly ? texts.reads : texts.changes,
      description: Description,
    }));
    const byService = Map.groupBy(all, (option) => option.value.split(":")[0] ?? "");
    return [...byService].map(([label, options]) => ({ label, options }));
  }, [data]);
  return (
    <FormField label={texts.actions} stretch errorText={error?.message}>
      <Multiselect
        selectedOptions={value.map((action) => ({ label: action, value: action }))}
        options={groups}
        filteringType="auto"
        virtualScroll
        placeholder={texts.actionsPlaceholder}
        statusType={isPending ? "loading" : "finished"}
        onChange={({ detail }) => onChange(detail.selectedOptions.flatMap((option) => option.value ?? []))}
      />
    </FormField>
  );
}

function Resources({ value, onChange }: ManyProps) {
  const [typed, setTyped] = useState("");
  const groups = useKnownResources();
  const add = (arn: string) => {
    setTyped("");
    if (arn.trim() !== "" && !value.includes(arn.trim())) onChange([...value, arn.trim()]);
  };
  return (
    <FormField label={texts.resources} description={texts.resourcesHint} stretch>
      <SpaceBetween size="xs">
        <Autosuggest
          value={typed}
          options={groups}
          placeholder={texts.addResource}
          enteredTextLabel={texts.use}
          ariaLabel={texts.resources}
          onChange={({ detail }) => setTyped(detail.value)}
          onSelect={({ detail }) => add(detail.value)}
        />
        <TokenGroup
          items={(value.length === 0 ? ["*"] : value).map((arn) => ({
            label: arn,
            dismissLabel: texts.removeResource(arn),
          }))}
          onDismiss={({ detail }) => onChange(value.filter((_, index) => index !== detail.itemIndex))}
        />
      </SpaceBetween>
    </FormField>
  );
}

/** By name, so that nobody has to know an ARN. */
function useKnownResources() {
  const services = useReadAll("AppRunner.ListServices", {}, "ServiceSummaryList");
  const secrets = useReadAll("secretsmanager.ListSecrets", {}, "SecretList");
  const parameters = useReadAll("AmazonSSM.DescribeParameters", {}, "Parameters");
  const option = (label: string | undefined, arn: string | undefined) => ({
    value: arn ?? "",
    description: label,
  });
  return [
    {
      label: texts.services,
      options: (services.data ?? []).map((one) => option(one.ServiceName, one.ServiceArn)),
    },
    { label: texts.secrets, options: (secrets.data ?? []).map((one) => option(one.Name, one.ARN)) },
    { label: texts.parameters, options: (parameters.data ?? []).map((one) => option(one.Name, one.ARN)) },
  ];
}
