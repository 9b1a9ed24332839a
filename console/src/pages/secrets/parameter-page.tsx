/** One parameter: its value when asked for, its history, who uses it. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError, call } from "../../api/call.ts";
import { useAct, useRead } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import { Page } from "../../app/page.tsx";
import { CopyText } from "../../parts/copy-text.tsx";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { FACT_MIN_PX } from "../../parts/fact-width.ts";
import { HiddenValue } from "../../parts/hidden-value.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Reading } from "../../parts/reading.tsx";
import type { Tag, TagChanges } from "../../parts/tag-changes.ts";
import { TagsPanel } from "../../parts/tags-panel.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { parameterTexts as texts, secretTexts, shell } from "../../texts.ts";
import { NewParameterValue } from "./create-parameter.tsx";
import { ParameterHistory } from "./parameter-history.tsx";
import { UsedBy } from "./used-by.tsx";

type Parameter = NonNullable<Output<"AmazonSSM.DescribeParameters">["Parameters"]>[number];

const ABOVE = [{ text: shell.pages.parameters, href: "#/parameters" }];

export default function ParameterPage() {
  const { parameterName } = useParams({ from: "/parameters/$parameterName" });
  const found = useRead("AmazonSSM.DescribeParameters", {
    ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [parameterName] }],
  });
  const parameter = found.data?.Parameters?.[0];
  const missing = new ApiError("ParameterNotFound", texts.notFound, 404);
  const answer = {
    data: parameter,
    error: found.data && parameter === undefined ? missing : found.error,
    refetch: found.refetch,
  };
  return (
    <Page title={parameterName} above={ABOVE} actions={parameter && <Actions parameter={parameter} />}>
      <Reading answer={answer} failed={texts.notFound}>
        {(data) => <Facts parameter={data} />}
      </Reading>
    </Page>
  );
}

function Actions({ parameter }: { readonly parameter: Parameter }) {
  const { Name = "", Type = "String", Description = "" } = parameter;
  const notify = useNotify();
  const [open, setOpen] = useState<"value" | "delete" | null>(null);
  const remove = useAct("AmazonSSM.DeleteParameter", {
    leavesPage: true,
    onDone: () => {
      notify({ type: "success", text: texts.deleted(Name) });
      window.location.hash = "#/parameters";
    },
  });
  const close = () => setOpen(null);
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <PermittedButton needs="ssm:DeleteParameter" of={parameter.ARN} onClick={() => setOpen("delete")}>
          {texts.delete}
        </PermittedButton>
        <PermittedButton
          needs="ssm:PutParameter"
          of={parameter.ARN}
          variant="primary"
          onClick={() => setOpen("value")}
        >
          {texts.newVersion}
        </PermittedButton>
      </SpaceBetween>
      {open === "value" ? (
        <NewParameterValue name={Name} type={Type} description={Description} onClose={close} />
      ) : null}
      {open === "delete" ? (
        <DeleteDialog
          title={texts.deleteTitle(Name)}
          isBusy={remove.isPending}
          problem={remove.error?.message}
          onDelete={() => remove.mutate({ Name })}
          onClose={close}
        >
          {texts.deleteText}
        </DeleteDialog>
      ) : null}
    </>
  );
}

function Facts({ parameter }: { readonly parameter: Parameter }) {
  const {
    Name = "",
    ARN = "",
    Type,
    Version,
    Tier,
    LastModifiedDate,
    Description,
    AllowedPattern,
  } = parameter;
  const resource = { ResourceType: "Parameter", ResourceId: Name } as const;
  const tags = useRead("AmazonSSM.ListTagsForResource", resource);
  const items = [
    { label: texts.type, value: Type },
    { label: texts.version, value: Version },
    { label: texts.tier, value: Tier ?? "Standard" },
    { label: texts.changed, value: <Moment seconds={LastModifiedDate} /> },
    { label: secretTexts.arn, value: <CopyText text={ARN} label={secretTexts.arn} /> },
    { label: texts.description, value: Description ?? "–" },
    { label: texts.pattern, value: AllowedPattern ?? "–" },
  ];
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{texts.overview}</Header>}>
        <KeyValuePairs columns={3} minColumnWidth={FACT_MIN_PX} items={items} />
      </Container>
      <Container header={<Header variant="h2">{texts.value}</Header>}>
        <HiddenValue
          needs="ssm:GetParameter"
          of={ARN}
          label={texts.value}
          read={(signal) => readValue(Name, signal)}
        />
      </Container>
      <ParameterHistory name={Name} version={Version ?? 0} />
      <UsedBy kept={{ arn: ARN, name: Name }} />
      <TagsPanel
        needs="ssm:AddTagsToResource"
        of={ARN}
        tags={tags.data?.TagList ?? []}
        onSave={async (changes) => {
          await saveTags(resource, changes);
          await tags.refetch();
        }}
      />
    </SpaceBetween>
  );
}

async function readValue(Name: string, signal: AbortSignal): Promise<string> {
  const { Parameter: read } = await call("AmazonSSM.GetParameter", { Name, WithDecryption: true }, signal);
  return read?.Value ?? "";
}

async function saveTags(
  resource: { readonly ResourceType: "Parameter"; readonly ResourceId: string },
  { set, removed }: TagChanges,
): Promise<void> {
  const Tags: readonly Tag[] = set;
  if (Tags.length > 0) await call("AmazonSSM.AddTagsToResource", { ...resource, Tags });
  if (removed.length > 0) await call("AmazonSSM.RemoveTagsFromResource", { ...resource, TagKeys: removed });
}
