/** Another description of a secret. */
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { secretTexts as texts } from "../../texts.ts";
import type { SecretFacts } from "./secret-facts.ts";

interface Props {
  readonly secret: SecretFacts;
  readonly onClose: () => void;
}

export function EditSecretDescription({ secret, onClose }: Props) {
  const notify = useNotify();
  const [description, setDescription] = useState(secret.Description ?? "");
  const update = useAct("secretsmanager.UpdateSecret", {
    onDone: () => {
      notify({ type: "success", text: texts.saved });
      onClose();
    },
  });
  return (
    <FormDialog
      title={texts.editTitle(secret.Name)}
      act={texts.save}
      isBusy={update.isPending}
      problem={update.error?.message ?? ""}
      onAct={() => update.mutate({ SecretId: secret.ARN, Description: description })}
      onClose={onClose}
    >
      <FormField label={texts.description}>
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
    </FormDialog>
  );
}
