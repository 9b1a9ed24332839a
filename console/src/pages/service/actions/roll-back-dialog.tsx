/** Asks which release comes back, and shows what that changes. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useAct, useReadAll } from "../../../api/queries.ts";
import { useNotify } from "../../../app/notifications.tsx";
import { FormDialog } from "../../../parts/form-dialog.tsx";
import { exactMoment } from "../../../parts/moment.tsx";
import { service as texts } from "../../../texts.ts";
import { madeFrom } from "../made-from.ts";
import { ReleaseDiff } from "./release-diff.tsx";
import type { ActionSubject } from "./service-action.ts";

export interface RollBackDialogProps {
  readonly subject: ActionSubject;
  /** Where the release was chosen already. */
  readonly chosen?: number | undefined;
  readonly onClose: () => void;
}

const { rollBack: words } = texts;

export function RollBackDialog({ subject, chosen, onClose }: RollBackDialogProps) {
  const { ServiceArn: arn, ServiceName: name, ServiceId: id, ReleaseNumber: present = 0 } = subject;
  const notify = useNotify();
  const releases = useReadAll("Slipway.ListReleases", { ServiceArn: arn }, "Releases", {
    topics: [`service/${id}`],
  });
  const possible = (releases.data ?? []).filter((one) => one.HasServed && one.ReleaseNumber !== present);
  const [picked, setPicked] = useState<number | undefined>(chosen);
  const number = picked ?? possible.find((one) => one.ReleaseNumber < present)?.ReleaseNumber;
  const rollBack = useAct("Slipway.RollbackService");
  const options = possible.map((one) => ({
    value: String(one.ReleaseNumber),
    label: texts.facts.releaseLine(one.ReleaseNumber),
    description: `${exactMoment(one.CreatedAt)} · ${madeFrom(one)}`,
  }));
  const confirm = () => {
    if (number === undefined) return;
    rollBack.mutate(
      { ServiceArn: arn, ReleaseNumber: number },
      {
        onSuccess: () => {
          notify({ type: "success", text: texts.actions.started.rollBack(name, number) });
          onClose();
        },
      },
    );
  };
  return (
    <FormDialog
      title={words.title(name)}
      act={words.act}
      size="large"
      onAct={confirm}
      onClose={onClose}
      isBusy={rollBack.isPending}
      canAct={number !== undefined}
      problem={rollBack.error?.message ?? releases.error?.message ?? ""}
    >
      <FormField label={words.release} description={words.advice} stretch>
        <Select
          options={options}
          selectedOption={options.find(({ value }) => value === String(number)) ?? null}
          statusType={releases.isPending ? "loading" : "finished"}
          placeholder={words.placeholder}
          empty={words.none}
          onChange={({ detail }) => setPicked(Number(detail.selectedOption.value))}
        />
      </FormField>
      {releases.data !== undefined && possible.length === 0 ? <Alert type="info">{words.none}</Alert> : null}
      {number === undefined ? null : (
        <div>
          <Box variant="h3" padding={{ bottom: "xs" }}>
            {words.changes(present, number)}
          </Box>
          <ReleaseDiff serviceArn={arn} from={present} to={number} />
        </div>
      )}
    </FormDialog>
  );
}
