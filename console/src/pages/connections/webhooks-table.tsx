/** Services with what they follow; each has a webhook. */
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import type { DescribedService } from "../../parts/all-services.ts";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { ServiceLinks } from "../../parts/service-links.tsx";
import { connections } from "../../texts.ts";
import { WebhookDialog } from "./webhook-dialog.tsx";

const words = connections.webhooks;

export interface WebhooksTableProps {
  readonly services: readonly DescribedService[];
  readonly isPending: boolean;
}

export function WebhooksTable({ services, isPending }: WebhooksTableProps) {
  const [shown, setShown] = useState<DescribedService | null>(null);
  return (
    <>
      <ResourceTable<DescribedService>
        id="webhooks"
        title={words.title}
        description={words.description}
        list={{ data: services, isPending, error: null, refetch: () => undefined }}
        keyOf={({ ServiceArn }) => ServiceArn}
        selection="single"
        sortedBy="service"
        empty={words.empty}
        actions={([selected]) => (
          <Button disabled={selected === undefined} onClick={() => setShown(selected ?? null)}>
            {words.show}
          </Button>
        )}
        columns={[
          {
            id: "service",
            header: words.service,
            text: ({ ServiceName }) => ServiceName,
            cell: ({ ServiceArn }) => <ServiceLinks arns={[ServiceArn]} none="" />,
          },
          { id: "source", header: words.source, text: sourceOf },
          {
            id: "watched",
            header: words.watched,
            text: (one) => (isFollowed(one) ? words.follows : words.byHand),
            cell: (one) => (
              <StatusIndicator type={isFollowed(one) ? "success" : "stopped"}>
                {isFollowed(one) ? words.follows : words.byHand}
              </StatusIndicator>
            ),
          },
        ]}
      />
      {shown === null ? null : <WebhookDialog service={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function isFollowed({ SourceConfiguration: source }: DescribedService): boolean {
  return source.AutoDeploymentsEnabled ?? false;
}

function sourceOf({ SourceConfiguration: source }: DescribedService): string {
  return source.CodeRepository?.RepositoryUrl ?? source.ImageRepository?.ImageIdentifier ?? "";
}
