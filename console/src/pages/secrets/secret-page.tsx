/** One secret: its value when asked for, its versions, who uses it. */
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/call.ts";
import { useAct, useRead } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { Page } from "../../app/page.tsx";
import { CopyText } from "../../parts/copy-text.tsx";
import { FACT_MIN_PX } from "../../parts/fact-width.ts";
import { HiddenValue } from "../../parts/hidden-value.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Reading } from "../../parts/reading.tsx";
import type { TagChanges } from "../../parts/tag-changes.ts";
import { TagsPanel } from "../../parts/tags-panel.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { secretTexts as texts, shell } from "../../texts.ts";
import { DeleteSecret } from "./delete-secret.tsx";
import { EditSecretDescription } from "./edit-secret-description.tsx";
import { NewSecretVersion } from "./new-secret-version.tsx";
import { SecretVersions } from "./secret-versions.tsx";
import type { SecretFacts } from "./secret-facts.ts";
import { SecretState } from "./secret-state.tsx";
import { UsedBy } from "./used-by.tsx";

type OpenDialog = "version" | "description" | "delete" | null;

const ABOVE = [{ text: shell.pages.secrets, href: "#/secrets" }];

export default function SecretPage() {
  const { secretName } = useParams({ from: "/secrets/$secretName" });
  const secret = useRead("secretsmanager.DescribeSecret", { SecretId: secretName });
  return (
    <Page title={secretName} above={ABOVE} actions={secret.data && <Actions secret={secret.data} />}>
      <Reading answer={secret} failed={texts.notFound}>
        {(data) => <Secret secret={data} refetch={() => secret.refetch()} />}
      </Reading>
    </Page>
  );
}

function Actions({ secret }: { readonly secret: SecretFacts }) {
  const notify = useNotify();
  const [open, setOpen] = useState<OpenDialog>(null);
  const close = () => setOpen(null);
  const restore = useAct("secretsmanager.RestoreSecret", {
    onDone: ({ Name }) => notify({ type: "success", text: texts.restored(Name) }),
  });
  if (secret.DeletedDate !== undefined) {
    return (
      <PermittedButton
        needs="secretsmanager:RestoreSecret"
        of={secret.ARN}
        variant="primary"
        loading={restore.isPending}
        onClick={() => restore.mutate({ SecretId: secret.ARN })}
      >
        {texts.restore}
      </PermittedButton>
    );
  }
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <PermittedButton
          needs="secretsmanager:DeleteSecret"
          of={secret.ARN}
          onClick={() => setOpen("delete")}
        >
          {texts.delete}
        </PermittedButton>
        <PermittedButton
          needs="secretsmanager:UpdateSecret"
          of={secret.ARN}
          onClick={() => setOpen("description")}
        >
          {texts.edit}
        </PermittedButton>
        <PermittedButton
          needs="secretsmanager:PutSecretValue"
          of={secret.ARN}
          variant="primary"
          onClick={() => setOpen("version")}
        >
          {texts.newVersion}
        </PermittedButton>
      </SpaceBetween>
      {open === "version" ? <NewSecretVersion secret={secret} onClose={close} /> : null}
      {open === "description" ? <EditSecretDescription secret={secret} onClose={close} /> : null}
      {open === "delete" ? <DeleteSecret secret={secret} onClose={close} /> : null}
    </>
  );
}

function Secret({ secret, refetch }: { readonly secret: SecretFacts; readonly refetch: () => unknown }) {
  const { ARN, Name, DeletedDate } = secret;
  const isDeleted = DeletedDate !== undefined;
  return (
    <SpaceBetween size="l">
      {isDeleted ? (
        <Alert type="warning" header={texts.deleted}>
          {texts.deletedText}
        </Alert>
      ) : null}
      <Container header={<Header variant="h2">{texts.overview}</Header>}>
        <KeyValuePairs columns={3} minColumnWidth={FACT_MIN_PX} items={factsOf(secret)} />
      </Container>
      {isDeleted ? null : (
        <Container header={<Header variant="h2">{texts.value}</Header>}>
          <HiddenValue
            needs="secretsmanager:GetSecretValue"
            of={ARN}
            label={texts.value}
            read={(signal) => readValue(ARN, signal)}
          />
        </Container>
      )}
      <SecretVersions secret={secret} />
      <UsedBy kept={{ arn: ARN, name: Name }} />
      <TagsPanel
        needs="secretsmanager:TagResource"
        of={ARN}
        tags={(secret.Tags ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value }))}
        onSave={async (changes) => {
          await saveTags(ARN, changes);
          await refetch();
        }}
      />
    </SpaceBetween>
  );
}

function factsOf({ ARN, Description, CreatedDate, LastChangedDate, DeletedDate }: SecretFacts) {
  return [
    { label: texts.state, value: <SecretState deletedAt={DeletedDate} /> },
    { label: texts.createdAt, value: <Moment seconds={CreatedDate} /> },
    { label: texts.changed, value: <Moment seconds={LastChangedDate} /> },
    { label: texts.arn, value: <CopyText text={ARN} label={texts.arn} /> },
    { label: texts.description, value: Description ?? "–" },
  ];
}

async function readValue(SecretId: string, signal: AbortSignal): Promise<string> {
  const { SecretString, SecretBinary } = await call("secretsmanager.GetSecretValue", { SecretId }, signal);
  return SecretString ?? SecretBinary ?? "";
}

async function saveTags(SecretId: string, { set, removed }: TagChanges): Promise<void> {
  if (set.length > 0) await call("secretsmanager.TagResource", { SecretId, Tags: set });
  if (removed.length > 0) await call("secretsmanager.UntagResource", { SecretId, TagKeys: removed });
}
