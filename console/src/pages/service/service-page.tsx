/** One service: its head, what is being done with it, and a tab for each of its sides. */
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useParams } from "@tanstack/react-router";
import { Page } from "../../app/page.tsx";
import { PagePending } from "../../app/page-states.tsx";
import { ServiceStatus } from "../../parts/service-status.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { UnreadAlert } from "../../parts/unread-alert.tsx";
import { service as texts, shell } from "../../texts.ts";
import { ServiceActionsMenu } from "./actions/service-actions-menu.tsx";
import { serviceActions } from "./actions/service-action.ts";
import { useServiceActions } from "./actions/use-service-actions.tsx";
import { OperationProgress } from "./operation-progress.tsx";
import { ServiceFacts, type ServiceFactsProps } from "./service-facts.tsx";
import { ServiceTabs } from "./service-tabs.tsx";
import { useService } from "./use-service.ts";
import { useServiceAddress } from "./use-service-address.ts";

const ABOVE = [{ text: shell.pages.services, href: "#/services" }] as const;

export default function ServicePage() {
  const { serviceId = "", tab } = useParams({ strict: false });
  const found = useService(serviceId);
  const address = useServiceAddress(found.kind === "found" ? found.service : undefined);
  if (found.kind === "reading") return <PagePending />;
  if (found.kind === "missing") {
    return <Missing problem={found.problem} onRetry={found.readAgain} />;
  }
  const { service, overview } = found;
  return (
    <Page
      title={service.ServiceName}
      above={ABOVE}
      info={<ServiceStatus status={overview.Status} operationType={overview.LastOperation?.Type} />}
      actions={<Actions overview={overview} address={address} />}
    >
      <SpaceBetween size="l">
        <OperationProgress overview={overview} />
        <ServiceFacts overview={overview} address={address} />
        <ServiceTabs service={service} tab={tab} />
      </SpaceBetween>
    </Page>
  );
}

interface MissingProps {
  /** Null: there is none. Else nobody knows. */
  readonly problem: string | null;
  readonly onRetry: () => unknown;
}

function Missing({ problem, onRetry }: MissingProps) {
  const title = problem === null ? texts.notFound : texts.unread;
  return (
    <Page title={title} above={ABOVE}>
      <UnreadAlert failed={title} message={problem ?? texts.notFoundAdvice} onRetry={onRetry} />
    </Page>
  );
}

function Actions({ overview, address: { reached } }: ServiceFactsProps) {
  const toList = () => {
    window.location.hash = "#/services";
  };
  const { start, dialog } = useServiceActions({ onDeleted: toList });
  const deploy = serviceActions(overview).find(({ id }) => id === "deploy");
  const reason = deploy?.reason ?? null;
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          {...(reached === null
            ? { disabled: true, disabledReason: texts.actions.private }
            : { href: reached.url, target: "_blank" })}
          iconName="external"
          iconAlign="right"
        >
          {texts.actions.open}
        </Button>
        <ServiceActionsMenu subject={overview} start={start} />
        <PermittedButton
          needs="apprunner:StartDeployment"
          of={overview.ServiceArn}
          variant="primary"
          disabled={reason !== null}
          {...(reason === null ? {} : { disabledReason: reason })}
          onClick={() => start("deploy", overview)}
        >
          {texts.actions.deploy}
        </PermittedButton>
      </SpaceBetween>
      {dialog}
    </>
  );
}
