/** Observability configurations, which services are traced with them, and whether anybody takes the traces. */
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct, useReadAll, useReadEach } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import { Page } from "../../app/page.tsx";
import { useAllServices } from "../../parts/all-services.ts";
import { useCreateForm } from "../../parts/create-form.ts";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { ServiceLinks } from "../../parts/service-links.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { observability as texts, shell } from "../../texts.ts";
import { CollectorPanel } from "./collector-panel.tsx";
import { CreateObservabilityDialog } from "./create-observability-dialog.tsx";

type Configuration = Output<"AppRunner.DescribeObservabilityConfiguration">["ObservabilityConfiguration"];

interface Row {
  /** Its traces are known once it is described. */
  readonly configuration: Configuration;
  readonly users: readonly string[];
}

const TOPICS = ["resources"] as const;

export default function ObservabilityPage() {
  const list = useReadAll(
    "AppRunner.ListObservabilityConfigurations",
    {},
    "ObservabilityConfigurationSummaryList",
    { topics: TOPICS },
  );
  const summaries = list.data ?? [];
  const described = useReadEach(
    "AppRunner.DescribeObservabilityConfiguration",
    summaries.map(({ ObservabilityConfigurationArn = "" }) => ({ ObservabilityConfigurationArn })),
    { topics: TOPICS },
  );
  const { services } = useAllServices();
  const creating = useCreateForm("observability");
  const [deleted, setDeleted] = useState<Row | null>(null);
  const rows = summaries.map((summary, index): Row => {
    const arn = summary.ObservabilityConfigurationArn;
    const users = services.filter(
      ({ ObservabilityConfiguration: used }) =>
        used?.ObservabilityEnabled === true && used.ObservabilityConfigurationArn === arn,
    );
    return {
      configuration: described.data[index]?.ObservabilityConfiguration ?? summary,
      users: users.map(({ ServiceArn }) => ServiceArn),
    };
  });
  const create = (
    <PermittedButton
      needs="apprunner:CreateObservabilityConfiguration"
      variant="primary"
      onClick={creating.open}
    >
      {texts.create}
    </PermittedButton>
  );
  return (
    <Page title={shell.pages.observability} description={texts.description}>
      <SpaceBetween size="l">
        <ResourceTable<Row>
          id="observability"
          title={texts.title}
          list={{ ...list, data: list.data && rows }}
          keyOf={arnOf}
          selection="single"
          empty={{ ...texts.empty, action: create }}
          actions={([selected]) => (
            <SpaceBetween direction="horizontal" size="xs">
              <PermittedButton
                needs="apprunner:DeleteObservabilityConfiguration"
                of={selected?.configuration.ObservabilityConfigurationArn}
                disabled={selected === undefined}
                onClick={() => setDeleted(selected ?? null)}
              >
                {texts.delete}
              </PermittedButton>
              {create}
            </SpaceBetween>
          )}
          columns={[
            { id: "name", header: texts.name, text: nameOf },
            {
              id: "revision",
              header: texts.revision,
              text: ({ configuration: { ObservabilityConfigurationRevision: revision = 1 } }) =>
                String(revision),
            },
            {
              id: "vendor",
              header: texts.vendor,
              text: ({ configuration: { TraceConfiguration: trace } }) =>
                trace === undefined ? texts.noVendor : texts.vendors[trace.Vendor],
            },
            {
              id: "users",
              header: texts.usedBy,
              text: ({ users }) => users.join(" "),
              sortBy: ({ users }) => users.length,
              cell: ({ users }) => <ServiceLinks arns={users} tab="configuration" none={texts.unused} />,
            },
            {
              id: "created",
              header: texts.created,
              text: () => "",
              sortBy: ({ configuration: { CreatedAt = 0 } }) => CreatedAt,
              cell: ({ configuration: { CreatedAt } }) => <Moment seconds={CreatedAt} />,
            },
          ]}
        />
        <CollectorPanel />
      </SpaceBetween>
      {creating.isOpen ? <CreateObservabilityDialog onClose={creating.close} /> : null}
      {deleted === null ? null : <DeleteObservability one={deleted} onClose={() => setDeleted(null)} />}
    </Page>
  );
}

function nameOf({ configuration: { ObservabilityConfigurationName: name = "" } }: Row): string {
  return name;
}

function arnOf({ configuration: { ObservabilityConfigurationArn: arn = "" } }: Row): string {
  return arn;
}

function DeleteObservability({ one, onClose }: { readonly one: Row; readonly onClose: () => void }) {
  const notify = useNotify();
  const act = useAct("AppRunner.DeleteObservabilityConfiguration", {
    onDone: () => {
      notify({ type: "success", text: texts.deleted(nameOf(one)) });
      onClose();
    },
  });
  return (
    <DeleteDialog
      title={texts.deleteTitle(nameOf(one))}
      isBusy={act.isPending}
      problem={act.error?.message}
      onClose={onClose}
      onDelete={() => act.mutate({ ObservabilityConfigurationArn: arnOf(one) })}
    >
      {texts.deleteText}
    </DeleteDialog>
  );
}
