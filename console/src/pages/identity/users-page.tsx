/** Everybody who works here, but root. */
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { Page } from "../../app/page.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { identityTexts, shell } from "../../texts.ts";
import { userHref } from "./addresses.ts";
import { CreateUser } from "./create-user.tsx";

type User = Output<"AWSIdentityManagementV20100508.ListUsers">["Users"][number];

const texts = identityTexts.users;

export default function UsersPage() {
  const [isCreating, setCreating] = useState(false);
  const list = useReadAll("AWSIdentityManagementV20100508.ListUsers", {}, "Users");
  const create = (
    <PermittedButton needs="iam:CreateUser" variant="primary" onClick={() => setCreating(true)}>
      {texts.create}
    </PermittedButton>
  );
  return (
    <Page title={shell.pages.users} description={texts.description}>
      <ResourceTable<User>
        id="users"
        title={shell.pages.users}
        list={list}
        keyOf={({ Arn }) => Arn}
        sortedBy="name"
        empty={{ ...texts.none, action: create }}
        actions={() => create}
        columns={[
          {
            id: "name",
            header: texts.name,
            text: ({ UserName }) => UserName,
            cell: ({ UserName }) => <Link href={userHref(UserName)}>{UserName}</Link>,
          },
          {
            id: "password",
            header: texts.signIn,
            text: ({ HasPassword }) => (HasPassword === true ? texts.mayPassword : texts.mayNot),
          },
          {
            id: "signedIn",
            header: texts.passwordUsed,
            text: () => "",
            sortBy: ({ PasswordLastUsed = 0 }) => PasswordLastUsed,
            cell: ({ PasswordLastUsed }) =>
              PasswordLastUsed === undefined ? texts.never : <Moment seconds={PasswordLastUsed} />,
          },
          {
            id: "created",
            header: identityTexts.created,
            text: () => "",
            sortBy: ({ CreateDate }) => CreateDate,
            cell: ({ CreateDate }) => <Moment seconds={CreateDate} />,
          },
          { id: "path", header: texts.path, text: ({ Path }) => Path, isShown: false },
          { id: "arn", header: identityTexts.arn, text: ({ Arn }) => Arn },
        ]}
      />
      {isCreating ? <CreateUser onClose={() => setCreating(false)} /> : null}
    </Page>
  );
}
