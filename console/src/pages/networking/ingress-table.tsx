/** VPC ingress connections: by which name a private service is reached. */
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useAct, useRead, useReadAll, useReadEach } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import type { DescribedService } from "../../parts/all-services.ts";
import { CopyText } from "../../parts/copy-text.tsx";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { ingressPort } from "../../parts/ingress-port.ts";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { ServiceLinks } from "../../parts/service-links.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { networking } from "../../texts.ts";
import { CreateIngressDialog } from "./create-ingress-dialog.tsx";

type Ingress = Output<"AppRunner.DescribeVpcIngressConnection">["VpcIngressConnection"];

const words = networking.ingress;
const READ = { topics: ["resources", "services"] } as const;

const LOOKS = {
  AVAILABLE: "success",
  PENDING_CREATION: "in-progress",
  PENDING_UPDATE: "in-progress",
  PENDING_DELETION: "in-progress",
  FAILED_CREATION: "error",
  FAILED_UPDATE: "error",
  FAILED_DELETION: "error",
  DELETED: "stopped",
} as const satisfies Record<NonNullable<Ingress["Status"]>, StatusIndicatorProps.Type>;

export function IngressTable({ services }: { readonly services: readonly DescribedService[] }) {
  const list = useReadAll("AppRunner.ListVpcIngressConnections", {}, "VpcIngressConnectionSummaryList", READ);
  const inputs = (list.data ?? []).map(({ VpcIngressConnectionArn = "" }) => ({ VpcIngressConnectionArn }));
  const described = useReadEach("AppRunner.DescribeVpcIngressConnection", inputs, READ);
  const rows = described.data.flatMap((answer) =>
    answer === undefined ? [] : [answer.VpcIngressConnection],
  );
  const port = ingressPort(useRead("Slipway.GetInfo", {}).data);
  const hostOf = ({ DomainName = "" }: Ingress) => (DomainName === "" ? "" : `${DomainName}${port}`);
  const [isCreating, setCreating] = useState(false);
  const [deleted, setDeleted] = useState<Ingress | null>(null);
  const create = (
    <PermittedButton
      needs="apprunner:CreateVpcIngressConnection"
      variant="primary"
      onClick={() => setCreating(true)}
    >
      {words.create}
    </PermittedButton>
  );
  return (
    <>
      <ResourceTable<Ingress>
        id="vpc-ingress"
        title={words.title}
        description={words.description}
        list={{ ...list, data: list.data && rows, isPending: list.isPending || described.isPending }}
        keyOf={({ VpcIngressConnectionArn = "" }) => VpcIngressConnectionArn}
        selection="single"
        empty={{ ...words.empty, action: create }}
        actions={([selected]) => (
          <SpaceBetween direction="horizontal" size="xs">
            <PermittedButton
              needs="apprunner:DeleteVpcIngressConnection"
              of={selected?.VpcIngressConnectionArn}
              disabled={selected === undefined}
              onClick={() => setDeleted(selected ?? null)}
            >
              {networking.delete}
            </PermittedButton>
            {create}
          </SpaceBetween>
        )}
        columns={[
          {
            id: "name",
            header: networking.name,
            text: ({ VpcIngressConnectionName = "" }) => VpcIngressConnectionName,
          },
          {
            id: "service",
            header: words.service,
            text: ({ ServiceArn = "" }) => ServiceArn,
            cell: ({ ServiceArn = "" }) => <ServiceLinks arns={[ServiceArn]} none="" />,
          },
          {
            id: "domain",
            header: words.domain,
            text: hostOf,
            cell: (one) => <CopyText text={hostOf(one)} label={words.domain} />,
          },
          {
            id: "status",
            header: words.status,
            text: ({ Status = "AVAILABLE" }) => words.statuses[Status],
            cell: ({ Status = "AVAILABLE" }) => (
              <StatusIndicator type={LOOKS[Status]}>{words.statuses[Status]}</StatusIndicator>
            ),
          },
        ]}
      />
      {isCreating ? <CreateIngressDialog services={services} onClose={() => setCreating(false)} /> : null}
      {deleted === null ? null : <DeleteIngress ingress={deleted} onClose={() => setDeleted(null)} />}
    </>
  );
}

interface DeleteIngressProps {
  readonly ingress: Ingress;
  readonly onClose: () => void;
}

function DeleteIngress({ ingress, onClose }: DeleteIngressProps) {
  const notify = useNotify();
  const { VpcIngressConnectionArn = "", VpcIngressConnectionName: name = "" } = ingress;
  const act = useAct("AppRunner.DeleteVpcIngressConnection", {
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
      onDelete={() => act.mutate({ VpcIngressConnectionArn })}
    >
      {words.deleteText}
    </DeleteDialog>
  );
}
