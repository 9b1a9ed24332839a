/** Everybody who works here, but root. */
import Link from "@cloudscape-design/components/link";
import { useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { ListPage, momentColumn } from "../../parts/list-page.tsx";
import { identityTexts, shell } from "../../texts.ts";
import { userHref } from "./addresses.ts";
import { CreateUser } from "./create-user.tsx";

type User = Output<"AWSIdentityManagementV20100508.ListUsers">["Users"][number];

const texts = identityTexts.users;

export default function UsersPage() {
  const list = useReadAll("AWSIdentityManagementV20100508.ListUsers", {}, "Users");
  return (
    <ListPage<User>
      id="users"
      title={shell.pages.users}
      list={list}
      keyOf={({ Arn }) => Arn}
      description={texts.description}
      none={texts.none}
      create={{ needs: "iam:CreateUser", text: texts.create }}
      form={(onClose) => <CreateUser onClose={onClose} />}
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
        momentColumn("signedIn", texts.passwordUsed, ({ PasswordLastUsed }) => PasswordLastUsed, texts.never),
        momentColumn("created", identityTexts.created, ({ CreateDate }) => CreateDate),
        { id: "path", header: texts.path, text: ({ Path }) => Path, isShown: false },
        { id: "arn", header: identityTexts.arn, text: ({ Arn }) => Arn },
      ]}
    />
  );
}
