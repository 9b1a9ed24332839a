/** One user: how they come in, and what they may do. */
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/call.ts";
import { useRead, useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { Page } from "../../app/page.tsx";
import { AccessKeys } from "../../parts/access-keys/access-keys.tsx";
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
import { UserSessions } from "./user-sessions.tsx";
import { UserPassword } from "./user-password.tsx";

type User = Output<"AWSIdentityManagementV20100508.GetUser">["User"];

const IAM = "AWSIdentityManagementV20100508";
const texts = identityTexts.users;
const ABOVE = [{ text: shell.pages.users, href: "#/users" }];

export default function UserPage() {
  const { userName } = useParams({ from: "/users/$userName" });
  const user = useRead(`${IAM}.GetUser`, { UserName: userName });
  return (
    <Page title={userName} above={ABOVE} actions={user.data && <Actions user={user.data.User} />}>
      <Reading answer={user} failed={texts.notFound}>
        {({ User }) => <Facts user={User} refetch={() => user.refetch()} />}
      </Reading>
    </Page>
  );
}

function Actions({ user: { Arn, UserName } }: { readonly user: User }) {
  const [isDeleting, setDeleting] = useState(false);
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <PermittedButton needs="iam:DeleteUser" of={Arn} onClick={() => setDeleting(true)}>
          {identityTexts.delete}
        </PermittedButton>
        <Button href={testerHref(Arn)}>{texts.testPolicies}</Button>
      </SpaceBetween>
      {isDeleting ? (
        <DeletePrincipal
          principal={{ kind: "user", name: UserName }}
          title={texts.deleteTitle(UserName)}
          done={texts.deleted(UserName)}
          next="#/users"
          onClose={() => setDeleting(false)}
        >
          {texts.deleteText}
        </DeletePrincipal>
      ) : null}
    </>
  );
}

function Facts({ user, refetch }: { readonly user: User; readonly refetch: () => unknown }) {
  const { UserName, Arn, CreateDate, PasswordLastUsed, Path, UserId, Tags = [] } = user;
  const principal = { kind: "user", name: UserName, arn: Arn } as const;
  const attached = useReadAll(`${IAM}.ListAttachedUserPolicies`, { UserName }, "AttachedPolicies");
  const inline = useReadAll(`${IAM}.ListUserPolicies`, { UserName }, "PolicyNames");
  const items = [
    { label: identityTexts.arn, value: <CopyText text={Arn} label={identityTexts.arn} /> },
    { label: identityTexts.created, value: <Moment seconds={CreateDate} /> },
    {
      label: texts.passwordUsed,
      value: PasswordLastUsed === undefined ? texts.never : <Moment seconds={PasswordLastUsed} />,
    },
    { label: texts.id, value: UserId },
    { label: texts.path, value: Path },
  ];
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{identityTexts.overview}</Header>}>
        <KeyValuePairs columns={3} minColumnWidth={FACT_MIN_PX} items={items} />
      </Container>
      <AttachedPolicies principal={principal} list={attached} />
      <InlinePolicies principal={principal} list={inline} />
      <UserPassword userName={UserName} arn={Arn} hasPassword={user.HasPassword === true} />
      <AccessKeys userName={UserName} arn={Arn} />
      <UserSessions userName={UserName} arn={Arn} />
      <TagsPanel
        needs="iam:TagUser"
        of={Arn}
        tags={Tags}
        onSave={async ({ set, removed }) => {
          if (set.length > 0) await call(`${IAM}.TagUser`, { UserName, Tags: set });
          if (removed.length > 0) await call(`${IAM}.UntagUser`, { UserName, TagKeys: removed });
          await refetch();
        }}
      />
    </SpaceBetween>
  );
}
