/** Makes the health check once, now, as the form has it, on the instances of a running service. */
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMutation } from "@tanstack/react-query";
import { type ApiError, call } from "../../api/call.ts";
import type { Output } from "../../api/wire.ts";
import { tryHealthCheck as texts } from "../../texts.ts";
import type { ServiceDraft } from "./draft.ts";
import { toHealthCheck } from "./draft-to-wire.ts";

type Results = Output<"Slipway.TryHealthCheck">["Results"];

interface TryHealthCheckProps {
  readonly serviceArn: string;
  readonly draft: ServiceDraft;
}

export function TryHealthCheck({ serviceArn, draft }: TryHealthCheckProps) {
  const attempt = useMutation<Results, ApiError>({
    mutationFn: async () => {
      const input = { ServiceArn: serviceArn, HealthCheckConfiguration: toHealthCheck(draft) };
      return (await call("Slipway.TryHealthCheck", input)).Results;
    },
  });
  return (
    <SpaceBetween size="xs">
      <Button loading={attempt.isPending} loadingText={texts.trying} onClick={() => attempt.mutate()}>
        {texts.act}
      </Button>
      {attempt.error === null ? null : (
        <StatusIndicator type="error">{attempt.error.message}</StatusIndicator>
      )}
      {attempt.data?.length === 0 ? <StatusIndicator type="info">{texts.none}</StatusIndicator> : null}
      {attempt.data?.map((one) => (
        <StatusIndicator key={one.InstanceId} type={one.IsHealthy ? "success" : "error"}>
          {one.IsHealthy
            ? texts.passed(one.InstanceId, one.TookMs)
            : texts.failed(one.InstanceId, problemText(one))}
        </StatusIndicator>
      ))}
    </SpaceBetween>
  );
}

function problemText({ Problem = "", StatusCode, BodyHead = "" }: Results[number]): string {
  const known = texts.problems[Problem] ?? Problem;
  return [StatusCode === undefined ? known : texts.status(StatusCode), BodyHead]
    .filter((text) => text !== "")
    .join(": ");
}
