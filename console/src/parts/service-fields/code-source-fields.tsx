/** A repository, a branch of it, and a directory in it. */
import Autosuggest from "@cloudscape-design/components/autosuggest";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRead, useReadAll } from "../../api/queries.ts";
import { fields } from "../../texts.ts";
import { useSettled } from "../use-settled.ts";
import { DeploymentTrigger } from "./deployment-trigger.tsx";
import { Labelled, type SectionProps, SelectField, TextField } from "./field.tsx";

export function CodeSourceFields(props: SectionProps) {
  return (
    <SpaceBetween size="l">
      <ColumnLayout columns={2}>
        <Repository {...props} />
        <Connection {...props} />
        <Branch {...props} />
        <TextField {...props} field="sourceDirectory" texts={fields.sourceDirectory} />
      </ColumnLayout>
      <DeploymentTrigger {...props} />
    </SpaceBetween>
  );
}

function Repository({ draft, onChange, problems }: SectionProps) {
  const { data = [] } = useReadAll("Slipway.ListRepositories", {}, "Repositories", {
    topics: ["repositories"],
  });
  return (
    <Labelled field="repositoryUrl" texts={fields.repositoryUrl} problems={problems}>
      <Autosuggest
        value={draft.repositoryUrl}
        placeholder={fields.repositoryUrl.placeholder}
        enteredTextLabel={fields.secrets.use}
        options={data.map(({ RepositoryUrl }) => ({ value: RepositoryUrl }))}
        onChange={({ detail }) => onChange({ repositoryUrl: detail.value.trim() })}
      />
    </Labelled>
  );
}

function Branch({ draft, onChange, problems }: SectionProps) {
  const url = useSettled(draft.repositoryUrl);
  const isAsked = url !== "" && url === draft.repositoryUrl;
  const { data, error, isFetching } = useRead(
    "Slipway.ListBranches",
    { RepositoryUrl: url, ...(draft.connectionArn !== "" && { ConnectionArn: draft.connectionArn }) },
    { isEnabled: isAsked },
  );
  return (
    <Labelled field="branch" texts={fields.branch} problems={problems}>
      <Autosuggest
        value={draft.branch}
        placeholder={fields.branch.placeholder}
        enteredTextLabel={fields.secrets.use}
        options={(data?.Branches ?? []).map((value) => ({ value }))}
        statusType={isFetching ? "loading" : error === null ? "finished" : "error"}
        loadingText={fields.branch.loading}
        errorText={error?.message}
        empty={fields.branch.none}
        onChange={({ detail }) => onChange({ branch: detail.value.trim() })}
      />
    </Labelled>
  );
}

function Connection(props: SectionProps) {
  const { data = [], isPending } = useReadAll("AppRunner.ListConnections", {}, "ConnectionSummaryList", {
    topics: ["resources"],
  });
  return (
    <SelectField
      {...props}
      field="connectionArn"
      texts={fields.connectionArn}
      none={fields.noConnection}
      isLoading={isPending}
      options={data.map(({ ConnectionArn = "", ConnectionName, ProviderType, Status }) => ({
        value: ConnectionArn,
        label: ConnectionName,
        description: ProviderType,
        disabled: Status !== "AVAILABLE",
      }))}
    />
  );
}
