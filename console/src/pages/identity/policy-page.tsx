/** One managed policy: its text, its versions, who has it. */
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useRead } from "../../api/queries.ts";
import { Page } from "../../app/page.tsx";
import { CopyText } from "../../parts/copy-text.tsx";
import { FACT_MIN_PX } from "../../parts/fact-width.ts";
import { formatJson, JsonEditor } from "../../parts/json-editor.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Reading } from "../../parts/reading.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { readDocument } from "../../parts/role-trust.ts";
import { identityTexts, shell } from "../../texts.ts";
import { kindOf } from "./attached-policies.tsx";
import { CreatePolicy } from "./create-policy.tsx";
import { DeletePolicy } from "./delete-policy.tsx";
import { NewPolicyVersion } from "./new-policy-version.tsx";
import { PolicyActions } from "./policy-actions.tsx";
import { PolicyEntities } from "./policy-entities.tsx";
import type { ManagedPolicy } from "./managed-policy.ts";
import { PolicyVersions } from "./policy-versions.tsx";

const IAM = "AWSIdentityManagementV20100508";
const texts = identityTexts.managed;
const ABOVE = [{ text: shell.pages.policies, href: "#/policies" }];

export default function PolicyPage() {
  const { policyArn } = useParams({ from: "/policies/$policyArn" });
  const policy = useRead(`${IAM}.GetPolicy`, { PolicyArn: policyArn });
  const VersionId = policy.data?.Policy?.DefaultVersionId ?? "";
  const version = useRead(
    `${IAM}.GetPolicyVersion`,
    { PolicyArn: policyArn, VersionId },
    { isEnabled: VersionId !== "" },
  );
  const document = formatJson(readDocument(version.data?.PolicyVersion?.Document));
  return (
    <Page
      title={policyArn.slice(policyArn.lastIndexOf("/") + 1)}
      above={ABOVE}
      actions={policy.data?.Policy && <Actions policy={policy.data.Policy} document={document} />}
    >
      <Reading answer={policy} failed={texts.notFound}>
        {({ Policy = {} }) => <Facts policy={Policy} document={document} />}
      </Reading>
    </Page>
  );
}

interface Props {
  readonly policy: ManagedPolicy;
  readonly document: string;
}

function Actions({ policy, document }: Props) {
  const [open, setOpen] = useState<"edit" | "copy" | "delete" | null>(null);
  const close = () => setOpen(null);
  const isOwn = kindOf(policy.Arn ?? "") === identityTexts.policies.own;
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        {isOwn ? (
          <PermittedButton needs="iam:DeletePolicy" of={policy.Arn} onClick={() => setOpen("delete")}>
            {identityTexts.delete}
          </PermittedButton>
        ) : null}
        <PermittedButton needs="iam:CreatePolicy" onClick={() => setOpen("copy")}>
          {texts.copy}
        </PermittedButton>
        {isOwn ? (
          <PermittedButton
            needs="iam:CreatePolicyVersion"
            of={policy.Arn}
            variant="primary"
            onClick={() => setOpen("edit")}
          >
            {texts.newVersion}
          </PermittedButton>
        ) : null}
      </SpaceBetween>
      {open === "edit" ? <NewPolicyVersion policy={policy} document={document} onClose={close} /> : null}
      {open === "copy" ? <CreatePolicy document={document} onClose={close} /> : null}
      {open === "delete" ? <DeletePolicy policy={policy} onClose={close} /> : null}
    </>
  );
}

function Facts({ policy, document }: Props) {
  const { Arn = "", Description, CreateDate, UpdateDate, DefaultVersionId } = policy;
  const isOwn = kindOf(Arn) === identityTexts.policies.own;
  const items = [
    { label: identityTexts.policies.kind, value: kindOf(Arn) },
    { label: texts.inForce, value: DefaultVersionId },
    { label: identityTexts.arn, value: <CopyText text={Arn} label={identityTexts.arn} /> },
    { label: identityTexts.description, value: Description ?? "–" },
    ...(isOwn
      ? [
          { label: identityTexts.created, value: <Moment seconds={CreateDate} /> },
          { label: texts.updated, value: <Moment seconds={UpdateDate} /> },
        ]
      : []),
  ];
  return (
    <SpaceBetween size="l">
      {isOwn ? null : <Alert type="info">{texts.awsNote}</Alert>}
      <Container header={<Header variant="h2">{identityTexts.overview}</Header>}>
        <KeyValuePairs columns={3} minColumnWidth={FACT_MIN_PX} items={items} />
      </Container>
      <Container header={<Header variant="h2">{identityTexts.policies.policy}</Header>}>
        <JsonEditor label={identityTexts.policies.document} value={document} />
        <PolicyActions policy={document} />
      </Container>
      <PolicyEntities arn={Arn} />
      {isOwn ? <PolicyVersions arn={Arn} /> : null}
    </SpaceBetween>
  );
}
