/** The services that have a role. */
import Link from "@cloudscape-design/components/link";
import { useAllServices } from "../../parts/all-services.ts";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { identityTexts } from "../../texts.ts";
import { type RoleUse, roleUses } from "./role-facts.ts";

const texts = identityTexts.roles;

export function RoleUses({ arn }: { readonly arn: string }) {
  const { services, isPending } = useAllServices();
  return (
    <ResourceTable<RoleUse>
      id="role-uses"
      title={texts.usesTitle}
      list={{ data: roleUses(services, arn), isPending, error: null, refetch: () => undefined }}
      keyOf={({ service, as }) => `${service.ServiceId}/${as}`}
      sortedBy="service"
      empty={texts.usesNone}
      columns={[
        {
          id: "service",
          header: texts.service,
          text: ({ service }) => service.ServiceName,
          cell: ({ service }) => <Link href={`#/services/${service.ServiceId}`}>{service.ServiceName}</Link>,
        },
        {
          id: "as",
          header: texts.as,
          text: ({ as }) => (as === "instance" ? texts.asInstance : texts.asAccess),
        },
      ]}
    />
  );
}
