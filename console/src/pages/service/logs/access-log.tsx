/** Whether a service's requests are written down, and the switch. */
import Alert from "@cloudscape-design/components/alert";
import { useAct, useRead } from "../../../api/queries.ts";
import { useNotify } from "../../../app/notifications.tsx";
import { PermittedButton } from "../../../parts/permitted-button.tsx";
import { logs as texts } from "../../../texts.ts";
import type { Service } from "../service-tab.ts";

const TAG = "slipway:access-log";

interface AccessLog {
  readonly serviceArn: string;
  readonly isOff: boolean;
  readonly isBusy: boolean;
  readonly switchOn: () => void;
}

export function useAccessLog({ ServiceArn: arn }: Service, isEnabled: boolean): AccessLog {
  const notify = useNotify();
  const { data } = useRead("AppRunner.ListTagsForResource", { ResourceArn: arn }, { isEnabled });
  const tag = useAct("AppRunner.TagResource", {
    onDone: () => notify({ type: "success", text: texts.switchedOn }),
  });
  const isOn = data?.Tags?.some(({ Key, Value }) => Key === TAG && Value === "on") ?? true;
  return {
    serviceArn: arn,
    isOff: isEnabled && !isOn,
    isBusy: tag.isPending,
    switchOn: () =>
      tag.mutate(
        { ResourceArn: arn, Tags: [{ Key: TAG, Value: "on" }] },
        { onError: ({ message }) => notify({ type: "error", text: message }) },
      ),
  };
}

export function AccessLogOff({ accessLog }: { readonly accessLog: AccessLog }) {
  return (
    <Alert
      type="info"
      header={texts.noRequestsTitle}
      action={
        <PermittedButton
          needs="apprunner:TagResource"
          of={accessLog.serviceArn}
          loading={accessLog.isBusy}
          onClick={accessLog.switchOn}
        >
          {texts.switchOn}
        </PermittedButton>
      }
    >
      {texts.noRequestsText}
    </Alert>
  );
}
