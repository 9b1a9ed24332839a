/** VPC connectors: what they name, and who uses them. */
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import type { DescribedService } from "../../parts/all-services.ts";
import { useCreateForm } from "../../parts/create-form.ts";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { Moment } from "../../parts/moment.tsx";
import { type ListState, ResourceTable } from "../../parts/resource-table.tsx";
import { ServiceLinks } from "../../parts/service-links.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { networking } from "../../texts.ts";
import { CreateConnectorDialog } from "./create-connector-dialog.tsx";
import type { Network } from "./network-form.ts";

export type Connector = Output<"AppRunner.ListVpcConnectors">["VpcConnectors"][number];

const words = networking.connectors;

export interface ConnectorsTableProps {
  readonly list: ListState<Connector>;
  readonly networks: readonly Network[];
  readonly services: readonly DescribedService[];
}

export function ConnectorsTable({ list, networks, services }: ConnectorsTableProps) {
  const creating = useCreateForm("vpc-connectors");
  const [deleted, setDeleted] = useState<Connector | null>(null);
  const namesOf = (ids: readonly string[] = []) =>
    ids.map((id) => networks.find(({ NetworkId }) => NetworkId === id)?.Name ?? id).join(", ");
  const usersOf = ({ VpcConnectorArn: arn }: Connector) =>
    services
      .filter(({ NetworkConfiguration }) => NetworkConfiguration.EgressConfiguration?.VpcConnectorArn === arn)
      .map(({ ServiceArn }) => ServiceArn);
  const create = (
    <PermittedButton needs="apprunner:CreateVpcConnector" variant="primary" onClick={creating.open}>
      {words.create}
    </PermittedButton>
  );
  return (
    <>
      <ResourceTable<Connector>
        id="vpc-connectors"
        title={words.title}
        description={words.description}
        list={list}
        keyOf={({ VpcConnectorArn = "" }) => VpcConnectorArn}
        selection="single"
        empty={{ ...words.empty, action: create }}
        actions={([selected]) => (
          <SpaceBetween direction="horizontal" size="xs">
            <PermittedButton
              needs="apprunner:DeleteVpcConnector"
              of={selected?.VpcConnectorArn}
              disabled={selected === undefined}
              onClick={() => setDeleted(selected ?? null)}
            >
              {networking.delete}
            </PermittedButton>
            {create}
          </SpaceBetween>
        )}
        columns={[
          { id: "name", header: networking.name, text: ({ VpcConnectorName = "" }) => VpcConnectorName },
          {
            id: "revision",
            header: words.revision,
            text: ({ VpcConnectorRevision = 1 }) => String(VpcConnectorRevision),
          },
          { id: "subnets", header: words.subnets, text: ({ Subnets }) => namesOf(Subnets) },
          {
            id: "groups",
            header: words.groups,
            text: ({ SecurityGroups }) => namesOf(SecurityGroups) || words.noGroups,
          },
          {
            id: "users",
            header: words.usedBy,
            text: (one) => usersOf(one).join(" "),
            cell: (one) => <ServiceLinks arns={usersOf(one)} tab="configuration" none={words.unused} />,
          },
          {
            id: "created",
            header: networking.created,
            text: () => "",
            sortBy: ({ CreatedAt = 0 }) => CreatedAt,
            cell: ({ CreatedAt }) => <Moment seconds={CreatedAt} />,
          },
        ]}
      />
      {creating.isOpen ? <CreateConnectorDialog networks={networks} onClose={creating.close} /> : null}
      {deleted === null ? null : <DeleteConnector connector={deleted} onClose={() => setDeleted(null)} />}
    </>
  );
}

interface DeleteConnectorProps {
  readonly connector: Connector;
  readonly onClose: () => void;
}

function DeleteConnector({ connector, onClose }: DeleteConnectorProps) {
  const notify = useNotify();
  const { VpcConnectorArn = "", VpcConnectorName: name = "" } = connector;
  const act = useAct("AppRunner.DeleteVpcConnector", {
    onDone: () => {
      notify({ type: "success", text: words.deleted(name) });
      onClose();
    },
  });
  return (
    <DeleteDialog
      title={words.deleteTitle(name)}
      isBusy={act.isPending}
      problem={act.error?.message}
      onClose={onClose}
      onDelete={() => act.mutate({ VpcConnectorArn })}
    >
      {words.deleteText}
    </DeleteDialog>
  );
}
