/** All roles, who takes them, and which services have them. */
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { useAllServices } from "../../parts/all-services.ts";
import { useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { Page } from "../../app/page.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { identityTexts, shell } from "../../texts.ts";
import { roleHref } from "./addresses.ts";
import { CreateRole } from "./create-role.tsx";
import { roleUses } from "./role-facts.ts";
import { takerNames, Takers } from "./takers.tsx";

type Role = Output<"AWSIdentityManagementV20100508.ListRoles">["Roles"][number];

const texts = identityTexts.roles;

export default function RolesPage() {
  const [isCreating, setCreating] = useState(false);
  const list = useReadAll("AWSIdentityManagementV20100508.ListRoles", {}, "Roles");
  const { services } = useAllServices();
  const usedBy = ({ Arn }: Role) => {
    const uses = roleUses(services, Arn);
    return uses.length === 0 ? "–" : uses.map(({ service }) => service.ServiceName).join(", ");
  };
  const create = (
    <PermittedButton needs="iam:CreateRole" variant="primary" onClick={() => setCreating(true)}>
      {texts.create}
    </PermittedButton>
  );
  return (
    <Page title={shell.pages.roles} description={texts.description}>
      <ResourceTable<Role>
        id="roles"
        title={shell.pages.roles}
        list={list}
        keyOf={({ Arn }) => Arn}
        sortedBy="name"
        empty={{ ...texts.none, action: create }}
        actions={() => create}
        columns={[
          {
            id: "name",
            header: texts.name,
            text: ({ RoleName }) => RoleName,
            cell: ({ RoleName }) => <Link href={roleHref(RoleName)}>{RoleName}</Link>,
          },
          {
            id: "takers",
            header: texts.takenBy,
            text: ({ AssumeRolePolicyDocument }) => takerNames(AssumeRolePolicyDocument).join(", "),
            cell: ({ AssumeRolePolicyDocument }) => <Takers trust={AssumeRolePolicyDocument} />,
          },
          { id: "usedBy", header: texts.usedBy, text: usedBy },
          {
            id: "description",
            header: identityTexts.description,
            text: ({ Description }) => Description ?? "–",
          },
          {
            id: "created",
            header: identityTexts.created,
            text: () => "",
            sortBy: ({ CreateDate }) => CreateDate,
            cell: ({ CreateDate }) => <Moment seconds={CreateDate} />,
          },
        ]}
      />
      {isCreating ? <CreateRole onClose={() => setCreating(false)} /> : null}
    </Page>
  );
}
