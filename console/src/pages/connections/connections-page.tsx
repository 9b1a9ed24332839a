/** Connections with Git hosts, how they stand, and the webhooks of services. */
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useAct, useReadAll, useReadEach } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { Page } from "../../app/page.tsx";
import { useAllServices } from "../../parts/all-services.ts";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { ServiceLinks } from "../../parts/service-links.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { connections as texts, shell } from "../../texts.ts";
import { ConnectionDialog } from "./connection-dialog.tsx";
import type { Connection } from "./credential-form.ts";
import { WebhooksTable } from "./webhooks-table.tsx";

interface Row {
  readonly connection: Connection;
  readonly server: string | undefined;
  readonly problem: string | undefined;
  readonly users: readonly string[];
}

type Open =
  | { readonly kind: "create" }
  | { readonly kind: "complete" | "delete"; readonly connection: Connection };

const READ = { topics: ["resources"] } as const;
const LOOKS = {
  AVAILABLE: "success",
  PENDING_HANDSHAKE: "pending",
  ERROR: "error",
  DELETED: "stopped",
} as const satisfies Record<NonNullable<Connection["Status"]>, StatusIndicatorProps.Type>;

export default function ConnectionsPage() {
  const list = useReadAll("AppRunner.ListConnections", {}, "ConnectionSummaryList", READ);
  const all = list.data ?? [];
  const inputs = all.map(({ ConnectionArn = "" }) => ({ ConnectionArn }));
  const described = useReadEach("Slipway.DescribeConnection", inputs, READ);
  const { services, isPending } = useAllServices();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const rows = all.map((connection, index): Row => {
    const users = services.filter(
      ({ SourceConfiguration: { AuthenticationConfiguration: by } }) =>
        by?.ConnectionArn === connection.ConnectionArn,
    );
    return {
      connection,
      server: described.data[index]?.ServerUrl,
      problem: described.data[index]?.Problem,
      users: users.map(({ ServiceArn }) => ServiceArn),
    };
  });
  return (
    <Page title={shell.pages.connections} description={texts.description}>
      <SpaceBetween size="l">
        <ResourceTable<Row>
          id="connections"
          title={texts.title}
          list={{ ...list, data: list.data && rows }}
          keyOf={({ connection: { ConnectionArn = "" } }) => ConnectionArn}
          selection="single"
          empty={{ ...texts.empty, action: <CreateButton onOpen={() => setOpen({ kind: "create" })} /> }}
          actions={([selected]) => <Actions selected={selected} onOpen={setOpen} />}
          columns={[
            {
              id: "name",
              header: texts.name,
              text: ({ connection: { ConnectionName = "" } }) => ConnectionName,
            },
            {
              id: "provider",
              header: texts.provider,
              text: ({ connection: { ProviderType = "GIT" } }) => texts.providers[ProviderType],
            },
            {
              id: "status",
              header: texts.status,
              text: ({ connection: { Status = "ERROR" } }) => texts.statuses[Status],
              cell: ({ connection: { Status = "ERROR" } }) => (
                <StatusIndicator type={LOOKS[Status]}>{texts.statuses[Status]}</StatusIndicator>
              ),
            },
            { id: "server", header: texts.server, text: ({ server }) => server ?? texts.noProblem },
            {
              id: "problem",
              header: texts.problem,
              text: ({ problem }) => problem ?? texts.noProblem,
              cell: (row) => <WhatToDo {...row} onOpen={setOpen} />,
              minWidth: 200,
            },
            {
              id: "users",
              header: texts.usedBy,
              text: ({ users }) => users.join(" "),
              cell: ({ users }) => <ServiceLinks arns={users} tab="configuration" none={texts.unused} />,
            },
            {
              id: "created",
              header: texts.created,
              text: () => "",
              sortBy: ({ connection: { CreatedAt = 0 } }) => CreatedAt,
              cell: ({ connection: { CreatedAt } }) => <Moment seconds={CreatedAt} />,
            },
          ]}
        />
        <WebhooksTable services={services} isPending={isPending} />
      </SpaceBetween>
      {open?.kind === "create" ? <ConnectionDialog onClose={close} /> : null}
      {open?.kind === "complete" ? <ConnectionDialog present={open.connection} onClose={close} /> : null}
      {open?.kind === "delete" ? <DeleteConnection connection={open.connection} onClose={close} /> : null}
    </Page>
  );
}

interface WhatToDoProps extends Row {
  readonly onOpen: (open: Open) => void;
}

/** What the provider says, what follows from it, and the way out. */
function WhatToDo({ connection, problem, onOpen }: WhatToDoProps) {
  const { Status: status, ConnectionArn: arn, ConnectionName: name = "" } = connection;
  if (status !== "PENDING_HANDSHAKE" && status !== "ERROR") return problem ?? texts.noProblem;
  const act = status === "PENDING_HANDSHAKE" ? texts.complete : texts.replace;
  return (
    <SpaceBetween size="xxs">
      {problem === undefined ? null : <div>{problem}</div>}
      <div>{texts.advice[status]}</div>
      <PermittedButton
        needs="slipway:CompleteConnection"
        of={arn}
        variant="inline-link"
        ariaLabel={texts.actOn(act, name)}
        onClick={() => onOpen({ kind: "complete", connection })}
      >
        {act}
      </PermittedButton>
    </SpaceBetween>
  );
}

interface ActionsProps {
  readonly selected: Row | undefined;
  readonly onOpen: (open: Open) => void;
}

function Actions({ selected, onOpen }: ActionsProps) {
  const isDisabled = selected === undefined;
  const isWaiting = selected?.connection.Status === "PENDING_HANDSHAKE";
  const open = (kind: "complete" | "delete") => {
    if (selected !== undefined) onOpen({ kind, connection: selected.connection });
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <PermittedButton
        needs="apprunner:DeleteConnection"
        of={selected?.connection.ConnectionArn}
        disabled={isDisabled}
        onClick={() => open("delete")}
      >
        {texts.delete}
      </PermittedButton>
      <PermittedButton
        needs="slipway:CompleteConnection"
        of={selected?.connection.ConnectionArn}
        disabled={isDisabled}
        onClick={() => open("complete")}
      >
        {isWaiting ? texts.complete : texts.replace}
      </PermittedButton>
      <CreateButton onOpen={() => onOpen({ kind: "create" })} />
    </SpaceBetween>
  );
}

function CreateButton({ onOpen }: { readonly onOpen: () => void }) {
  return (
    <PermittedButton needs="apprunner:CreateConnection" variant="primary" onClick={onOpen}>
      {texts.create}
    </PermittedButton>
  );
}

interface DeleteConnectionProps {
  readonly connection: Connection;
  readonly onClose: () => void;
}

function DeleteConnection({ connection, onClose }: DeleteConnectionProps) {
  const notify = useNotify();
  const { ConnectionArn = "", ConnectionName: name = "" } = connection;
  const act = useAct("AppRunner.DeleteConnection", {
    takes: (input) => [["Slipway.DescribeConnection", input]],
    onDone: () => {
      notify({ type: "success", text: texts.deleted(name) });
      onClose();
    },
  });
  return (
    <DeleteDialog
      title={texts.deleteTitle(name)}
      isBusy={act.isPending}
      problem={act.error?.message}
      onClose={onClose}
      onDelete={() => act.mutate({ ConnectionArn })}
    >
      {texts.deleteText}
    </DeleteDialog>
  );
}
