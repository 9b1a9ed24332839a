/** A service's webhook: its address, how it goes, its secret when asked for, and a new secret, shown once. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { call } from "../../api/call.ts";
import { useAct, useRead } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import type { DescribedService } from "../../parts/all-services.ts";
import { CopyText } from "../../parts/copy-text.tsx";
import { HiddenValue } from "../../parts/hidden-value.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { connections } from "../../texts.ts";

const words = connections.webhooks.dialog;

type Watch = Output<"Slipway.DescribeSourceWatch">["SourceWatch"];

export interface WebhookDialogProps {
  readonly service: DescribedService;
  readonly onClose: () => void;
}

export function WebhookDialog({ service, onClose }: WebhookDialogProps) {
  const { ServiceArn, ServiceName } = service;
  const { data, error } = useRead("Slipway.DescribeSourceWatch", { ServiceArn });
  const rotate = useAct("Slipway.RotateWebhookSecret", { isSecret: true });
  const problem = error ?? rotate.error;
  const rotated = rotate.data?.SourceWatch.WebhookSecret;
  return (
    <Modal
      visible
      size="large"
      header={words.title(ServiceName)}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            {words.close}
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {problem === null ? null : <Alert type="error">{problem.message}</Alert>}
        {data === undefined ? null : <WatchFacts watch={data.SourceWatch} />}
        <SpaceBetween size="xs">
          <Box variant="awsui-key-label">{words.secret}</Box>
          {rotated === undefined ? (
            <HiddenValue
              needs="slipway:DescribeSourceWatch"
              of={ServiceArn}
              label={words.secret}
              read={(signal) => readSecret(ServiceArn, signal)}
            />
          ) : (
            <Alert type="success" header={words.rotated}>
              <SpaceBetween size="xs">
                <CopyText text={rotated} label={words.secret} />
                {words.rotatedText}
              </SpaceBetween>
            </Alert>
          )}
        </SpaceBetween>
        {rotated === undefined ? (
          <SpaceBetween size="xs">
            <PermittedButton
              needs="slipway:RotateWebhookSecret"
              of={ServiceArn}
              loading={rotate.isPending}
              onClick={() => rotate.mutate({ ServiceArn })}
            >
              {words.rotate}
            </PermittedButton>
            <Box color="text-body-secondary">{words.rotateText}</Box>
          </SpaceBetween>
        ) : null}
      </SpaceBetween>
    </Modal>
  );
}

function WatchFacts({ watch }: { readonly watch: Watch }) {
  const { LastDeliveryAt: deliveredAt, LastDeliveryResult: result } = watch;
  return (
    <SpaceBetween size="m">
      {watch.Problem === undefined ? null : (
        <Alert type="warning" header={words.problem}>
          {watch.Problem}
        </Alert>
      )}
      <KeyValuePairs
        columns={2}
        items={[
          { label: words.url, value: <CopyText text={watch.WebhookUrl} label={words.url} /> },
          {
            label: words.lastDelivery,
            value:
              deliveredAt === undefined ? (
                words.noDelivery
              ) : (
                <>
                  <Moment seconds={deliveredAt} /> {result}
                </>
              ),
          },
          { label: words.lastCheck, value: <Moment seconds={watch.LastCheckAt} /> },
          { label: words.nextCheck, value: <Moment seconds={watch.NextCheckAt} /> },
          { label: words.handled, value: <Box variant="code">{watch.HandledVersion ?? "–"}</Box> },
        ]}
      />
    </SpaceBetween>
  );
}

async function readSecret(ServiceArn: string, signal: AbortSignal): Promise<string> {
  const { SourceWatch: watch } = await call("Slipway.DescribeSourceWatch", { ServiceArn }, signal);
  return watch.WebhookSecret;
}
