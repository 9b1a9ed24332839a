/** What is about to be changed, from what to what, and what that takes; then it is applied. */
import Alert from "@cloudscape-design/components/alert";
import Checkbox from "@cloudscape-design/components/checkbox";
import { useState } from "react";
import { FormDialog } from "../../../parts/form-dialog.tsx";
import type { ServiceDraft } from "../../../parts/service-fields/draft.ts";
import { configuration as texts } from "../../../texts.ts";
import { ExposureAlert } from "../exposure-alert.tsx";
import { exposureChange } from "../exposure.ts";
import { useApply } from "./apply-changes.ts";
import { DiffTable } from "./diff-table.tsx";
import { type DiffRow, diffOf, effectOf } from "./draft-diff.ts";

const words = texts.dialog;

export interface ReviewDialogProps {
  readonly serviceArn: string;
  readonly current: ServiceDraft;
  readonly edited: ServiceDraft;
  /** What somebody else changed since the editing began. */
  readonly others: readonly DiffRow[];
  readonly onApplied: (operationId: string | null) => void;
  /** For the forms, which show it at the fields it names. */
  readonly onRefused: (message: string) => void;
  readonly onClose: () => void;
}

export function ReviewDialog(props: ReviewDialogProps) {
  const { serviceArn, current, edited, others, onApplied, onRefused, onClose } = props;
  const apply = useApply(serviceArn);
  const [isDeploying, setDeploying] = useState(true);
  const rows = diffOf(current, edited);
  const effect = effectOf(rows);
  const waits = rows.some((row) => row.effect === "next-deployment");
  const act = () =>
    apply.mutate(
      { current, edited, deploysAfterwards: waits && isDeploying },
      {
        onSuccess: ({ operationId, changedElsewhere }) => {
          if (changedElsewhere.length === 0) onApplied(operationId);
        },
        onError: ({ message }) => onRefused(message),
      },
    );
  return (
    <FormDialog
      title={words.title}
      act={words.apply}
      size="large"
      isBusy={apply.isPending}
      canAct={rows.length > 0}
      problem={apply.error?.message}
      onAct={act}
      onClose={onClose}
    >
      <ExposureAlert change={exposureChange(current.isPublic, edited.isPublic)} />
      {others.length === 0 ? null : (
        <Alert type="warning" header={texts.elsewhere}>
          {texts.elsewhereText(others.map(({ label }) => label).join(", "))}
        </Alert>
      )}
      <DiffTable rows={rows} label={words.title} words={words} />
      <Alert type="info">{words.summary[effect]}</Alert>
      {waits && effect !== "deployment" ? (
        <Checkbox
          checked={isDeploying}
          description={edited.sourceKind === "code" ? words.deployNowHelp : undefined}
          onChange={({ detail }) => setDeploying(detail.checked)}
        >
          {words.deployNow}
        </Checkbox>
      ) : null}
    </FormDialog>
  );
}
