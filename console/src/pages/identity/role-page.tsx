/** One role: who may take it, what it may do, which services have it. */
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/call.ts";
import { useAllServices } from "../../parts/all-services.ts";
import { useRead, useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { Page } from "../../app/page.tsx";
import { CopyText } from "../../parts/copy-text.tsx";
import { FACT_MIN_PX } from "../../parts/fact-width.ts";
import { Moment } from "../../parts/moment.tsx";
import { Reading } from "../../parts/reading.tsx";
import { TagsPanel } from "../../parts/tags-panel.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { identityTexts, shell } from "../../texts.ts";
import { testerHref } from "./addresses.ts";
import { AttachedPolicies } from "./attached-policies.tsx";
import { DeletePrincipal } from "./delete-principal.tsx";
import { InlinePolicies } from "./inline-policies.tsx";
import { roleUses } from "./role-facts.ts";
import { RoleUses } from "./role-uses.tsx";
import { Takers } from "./takers.tsx";
import { TrustPolicy } from "./trust-policy.tsx";

type Role = Output<"AWSIdentityManagementV20100508.GetRole">["Role"];

const IAM = "AWSIdentityManagementV20100508";
const texts = identityTexts.roles;
const ABOVE = [{ text: shell.pages.roles, href: "#/roles" }];
const HOUR_S = 3_600;

export default function RolePage() {
  const { roleName } = useParams({ from: "/roles/$roleName" });
  const role = useRead(`${IAM}.GetRole`, { RoleName: roleName });
  return (
    <Page title={roleName} above={ABOVE} actions={role.data && <Actions role={role.data.Role} />}>
      <Reading answer={role} failed={texts.notFound}>
        {({ Role }) => <Facts role={Role} refetch={() => role.refetch()} />}
      </Reading>
    </Page>
  );
}

function Actions({ role: { Arn, RoleName } }: { readonly role: Role }) {
  const [isDeleting, setDeleting] = useState(false);
  const { services } = useAllServices();
  const names = roleUses(services, Arn).map(({ service }) => service.ServiceName);
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <PermittedButton needs="iam:DeleteRole" of={Arn} onClick={() => setDeleting(true)}>
          {identityTexts.delete}
        </PermittedButton>
        <Button href={testerHref(Arn)}>{identityTexts.users.testPolicies}</Button>
      </SpaceBetween>
      {isDeleting ? (
        <DeletePrincipal
          principal={{ kind: "role", name: RoleName }}
          title={texts.deleteTitle(RoleName)}
          done={texts.deleted(RoleName)}
          next="#/roles"
          onClose={() => setDeleting(false)}
        >
          {texts.deleteText} {names.length > 0 ? texts.deleteUsed(names.join(", ")) : null}
        </DeletePrincipal>
      ) : null}
    </>
  );
}

function Facts({ role, refetch }: { readonly role: Role; readonly refetch: () => unknown }) {
  const { RoleName, Arn, CreateDate, Description, MaxSessionDuration = HOUR_S, Tags = [] } = role;
  const principal = { kind: "role", name: RoleName, arn: Arn } as const;
  const attached = useReadAll(`${IAM}.ListAttachedRolePolicies`, { RoleName }, "AttachedPolicies");
  const inline = useReadAll(`${IAM}.ListRolePolicies`, { RoleName }, "PolicyNames");
  const items = [
    { label: texts.takenBy, value: <Takers trust={role.AssumeRolePolicyDocument} /> },
    { label: identityTexts.created, value: <Moment seconds={CreateDate} /> },
    { label: texts.sessions, value: texts.hours(MaxSessionDuration / HOUR_S) },
    { label: identityTexts.arn, value: <CopyText text={Arn} label={identityTexts.arn} /> },
    { label: identityTexts.description, value: Description ?? "–" },
  ];
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{identityTexts.overview}</Header>}>
        <KeyValuePairs columns={3} minColumnWidth={FACT_MIN_PX} items={items} />
      </Container>
      <AttachedPolicies principal={principal} list={attached} />
      <InlinePolicies principal={principal} list={inline} />
      <TrustPolicy roleName={RoleName} arn={Arn} encoded={role.AssumeRolePolicyDocument} />
      <RoleUses arn={Arn} />
      <TagsPanel
        needs="iam:TagRole"
        of={Arn}
        tags={Tags}
        onSave={async ({ set, removed }) => {
          if (set.length > 0) await call(`${IAM}.TagRole`, { RoleName, Tags: set });
          if (removed.length > 0) await call(`${IAM}.UntagRole`, { RoleName, TagKeys: removed });
          await refetch();
        }}
      />
    </SpaceBetween>
  );
}
