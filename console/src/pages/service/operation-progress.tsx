/** While an operation runs: what, how far, for how long, and the way out. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { runningText } from "../../parts/duration.ts";
import { useNow } from "../../parts/now.ts";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { service as texts } from "../../texts.ts";
import { durationMsOf, isCancellable, isCancelled, type Operation, phaseText } from "./phases.ts";
import type { ServiceOverview } from "./use-service.ts";

const { progress: words } = texts;

export function OperationProgress({ overview }: { readonly overview: ServiceOverview }) {
  const operation = overview.LastOperation;
  if (operation === undefined || operation.EndedAt !== undefined) return null;
  return <Running operation={operation} serviceId={overview.ServiceId} />;
}

interface RunningProps {
  readonly operation: Operation;
  readonly serviceId: string;
}

function Running({ operation, serviceId }: RunningProps) {
  const duration = runningText(durationMsOf(operation, useNow()));
  const hasFailed = operation.Cause !== undefined && !isCancelled(operation);
  return (
    <Alert
      type={hasFailed ? "warning" : "info"}
      header={titleOf(operation)}
      action={<Ways operation={operation} serviceId={serviceId} />}
    >
      <StatusIndicator type="loading">{words.doing(doingText(operation), duration)}</StatusIndicator>
    </Alert>
  );
}

function doingText(operation: Operation): string {
  if (operation.Cause === undefined) return phaseText(operation.Phase);
  return isCancelled(operation) ? words.cancelling : words.failing;
}

function titleOf({ Type: type, FromReleaseNumber: from }: Operation): string {
  return from === undefined ? words.title[type] : words.rollback(from);
}

function Ways({ operation, serviceId }: RunningProps) {
  const notify = useNotify();
  const cancel = useAct("Slipway.CancelOperation");
  const give = () =>
    cancel.mutate(
      { ServiceArn: operation.TargetArn, OperationId: operation.Id },
      {
        onSuccess: () => notify({ type: "info", text: words.cancelled }),
        onError: ({ message }) =>
          notify({ type: "error", header: texts.actions.refused.cancel, text: message }),
      },
    );
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button href={`#/services/${serviceId}/activity`}>{words.watch}</Button>
      <Button href={logHref(serviceId, operation.Id)}>{words.log}</Button>
      {isCancellable(operation) ? (
        <PermittedButton
          needs="slipway:CancelOperation"
          of={operation.TargetArn}
          loading={cancel.isPending}
          onClick={give}
        >
          {words.cancel}
        </PermittedButton>
      ) : null}
    </SpaceBetween>
  );
}

/** The log of one deployment. */
export function logHref(serviceId: string, operationId: string): string {
  return `#/services/${serviceId}/logs?log=deployments&part=${operationId}`;
}
