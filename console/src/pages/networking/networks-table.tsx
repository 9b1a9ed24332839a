/** Subnets and security groups: what each stands for, and which connectors name it. */
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { CopyText } from "../../parts/copy-text.tsx";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { type ListState, ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { networking } from "../../texts.ts";
import type { Connector } from "./connectors-table.tsx";
import { NetworkDialog } from "./network-dialog.tsx";
import { connectorsNaming, type Network, networkText } from "./network-form.ts";

const words = networking.networks;

type Open = { readonly kind: "create" } | { readonly kind: "edit" | "delete"; readonly network: Network };

export interface NetworksTableProps {
  readonly list: ListState<Network>;
  readonly connectors: readonly Connector[];
}

export function NetworksTable({ list, connectors }: NetworksTableProps) {
  const [open, setOpen] = useState<Open | null>(null);
  const usersOf = ({ NetworkId: id }: Network) => connectorsNaming(id, connectors);
  const close = () => setOpen(null);
  const create = (
    <PermittedButton
      needs="slipway:CreateNetwork"
      variant="primary"
      onClick={() => setOpen({ kind: "create" })}
    >
      {words.create}
    </PermittedButton>
  );
  return (
    <>
      <ResourceTable<Network>
        id="networks"
        title={words.title}
        description={words.description}
        list={list}
        keyOf={({ NetworkId }) => NetworkId}
        selection="single"
        sortedBy="name"
        empty={{ ...words.empty, action: create }}
        actions={([network]) => (
          <SpaceBetween direction="horizontal" size="xs">
            <PermittedButton
              needs="slipway:DeleteNetwork"
              disabled={!network}
              onClick={() => network && setOpen({ kind: "delete", network })}
            >
              {networking.delete}
            </PermittedButton>
            <PermittedButton
              needs="slipway:UpdateNetwork"
              disabled={!network}
              onClick={() => network && setOpen({ kind: "edit", network })}
            >
              {networking.edit}
            </PermittedButton>
            {create}
          </SpaceBetween>
        )}
        columns={[
          { id: "name", header: networking.name, text: ({ Name }) => Name },
          { id: "kind", header: words.kind, text: ({ Kind }) => words.kinds[Kind] },
          { id: "content", header: words.standsFor, text: networkText },
          {
            id: "users",
            header: words.usedBy,
            text: (one) => usersOf(one).join(", ") || words.unused,
          },
          {
            id: "id",
            header: words.id,
            text: ({ NetworkId }) => NetworkId,
            cell: ({ NetworkId }) => <CopyText text={NetworkId} label={words.id} />,
          },
        ]}
      />
      {open?.kind === "create" ? <NetworkDialog onClose={close} /> : null}
      {open?.kind === "edit" ? <NetworkDialog network={open.network} onClose={close} /> : null}
      {open?.kind === "delete" ? (
        <DeleteNetwork network={open.network} users={usersOf(open.network)} onClose={close} />
      ) : null}
    </>
  );
}

interface DeleteNetworkProps {
  readonly network: Network;
  /** Names of connectors. */
  readonly users: readonly string[];
  readonly onClose: () => void;
}

function DeleteNetwork({ network: { NetworkId, Name }, users, onClose }: DeleteNetworkProps) {
  const notify = useNotify();
  const act = useAct("Slipway.DeleteNetwork", {
    onDone: () => {
      notify({ type: "success", text: words.deleted(Name) });
      onClose();
    },
  });
  return (
    <DeleteDialog
      title={words.deleteTitle(Name)}
      canDelete={users.length === 0}
      isBusy={act.isPending}
      problem={act.error?.message}
      onClose={onClose}
      onDelete={() => act.mutate({ NetworkId })}
    >
      {users.length === 0 ? words.deleteText : words.stillNamed(users.join(", "))}
    </DeleteDialog>
  );
}
