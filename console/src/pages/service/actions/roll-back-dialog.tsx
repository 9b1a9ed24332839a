/** Asks which release comes back, and shows what that changes. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useAct, useRead, useReadAll } from "../../../api/queries.ts";
import { useNotify } from "../../../app/notifications.tsx";
import { FormDialog } from "../../../parts/form-dialog.tsx";
import { exactMoment } from "../../../parts/moment.tsx";
import { service as texts } from "../../../texts.ts";
import { ExposureAlert } from "../exposure-alert.tsx";
import { type ExposureChange, exposureChange, isPublic } from "../exposure.ts";
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
  const exposure = useExposureOf(arn, present, number);
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
      canAct={number !== undefined && !exposure.isReading}
      problem={rollBack.error?.message ?? releases.error?.message ?? ""}
    >
      <ExposureAlert change={exposure.change} />
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

/** Asked as the comparison asks: it is read once. What cannot be read keeps nobody from going back. */
function useExposureOf(
  ServiceArn: string,
  present: number,
  number: number | undefined,
): { readonly change: ExposureChange | null; readonly isReading: boolean } {
  const isEnabled = number !== undefined;
  const before = useRead("Slipway.DescribeRelease", { ServiceArn, ReleaseNumber: present }, { isEnabled });
  const after = useRead("Slipway.DescribeRelease", { ServiceArn, ReleaseNumber: number ?? 0 }, { isEnabled });
  const isReading = before.isLoading || after.isLoading;
  if (before.data === undefined || after.data === undefined) return { change: null, isReading };
  const [was, will] = [before.data, after.data].map(({ Configuration: one }) => isPublic(one));
  return { change: exposureChange(was ?? true, will ?? true), isReading };
}
