/** The services that are given a secret or a parameter. */
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import { useAllServices } from "../../parts/all-services.ts";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { secretTexts as texts } from "../../texts.ts";
import { type Kept, type Use, usesOf } from "./secret-uses.ts";

export function UsedBy({ kept }: { readonly kept: Kept }) {
  const { services, isPending } = useAllServices();
  return (
    <ResourceTable<Use>
      id="secret-uses"
      title={texts.usesTitle}
      list={{ data: usesOf(services, kept), isPending, error: null, refetch: () => undefined }}
      keyOf={({ service }) => service.ServiceId}
      sortedBy="service"
      empty={texts.usesEmpty}
      columns={[
        {
          id: "service",
          header: texts.service,
          text: ({ service }) => service.ServiceName,
          cell: ({ service }) => <Link href={`#/services/${service.ServiceId}`}>{service.ServiceName}</Link>,
        },
        {
          id: "variables",
          header: texts.variables,
          text: ({ variables }) => variables.join(", "),
          cell: ({ variables }) => <Box variant="code">{variables.join(", ")}</Box>,
        },
      ]}
    />
  );
}
