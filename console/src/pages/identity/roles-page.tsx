/** All roles, who takes them, and which services have them. */
import Link from "@cloudscape-design/components/link";
import { useAllServices } from "../../parts/all-services.ts";
import { useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { ListPage, momentColumn } from "../../parts/list-page.tsx";
import { identityTexts, shell } from "../../texts.ts";
import { roleHref } from "./addresses.ts";
import { CreateRole } from "./create-role.tsx";
import { roleUses } from "./role-facts.ts";
import { takerNames, Takers } from "./takers.tsx";

type Role = Output<"AWSIdentityManagementV20100508.ListRoles">["Roles"][number];

const texts = identityTexts.roles;

export default function RolesPage() {
  const list = useReadAll("AWSIdentityManagementV20100508.ListRoles", {}, "Roles");
  const { services } = useAllServices();
  const usedBy = ({ Arn }: Role) => {
    const uses = roleUses(services, Arn);
    return uses.length === 0 ? "–" : uses.map(({ service }) => service.ServiceName).join(", ");
  };
  return (
    <ListPage<Role>
      id="roles"
      title={shell.pages.roles}
      list={list}
      keyOf={({ Arn }) => Arn}
      description={texts.description}
      none={texts.none}
      create={{ needs: "iam:CreateRole", text: texts.create }}
      form={(onClose) => <CreateRole onClose={onClose} />}
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
        momentColumn("created", identityTexts.created, ({ CreateDate }) => CreateDate),
      ]}
    />
  );
}
