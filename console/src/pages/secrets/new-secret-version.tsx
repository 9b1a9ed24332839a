/** A new value of a secret, which becomes the current one. */
import Box from "@cloudscape-design/components/box";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { secretTexts as texts } from "../../texts.ts";
import type { SecretFacts } from "./secret-facts.ts";
import { emptyValue, finishedValue, SecretValueEditor } from "./secret-value-editor.tsx";

interface Props {
  readonly secret: SecretFacts;
  readonly onClose: () => void;
}

export function NewSecretVersion({ secret, onClose }: Props) {
  const notify = useNotify();
  const [value, setValue] = useState(emptyValue);
  const put = useAct("secretsmanager.PutSecretValue", {
    onDone: () => {
      notify({ type: "success", text: texts.versionMade });
      onClose();
    },
  });
  const SecretString = finishedValue(value);
  const refusal = readRefusal(put.error?.message, ["SecretString"]);
  return (
    <FormDialog
      title={texts.newVersionTitle(secret.Name)}
      act={texts.newVersion}
      canAct={SecretString !== null}
      isBusy={put.isPending}
      problem={refusal.rest}
      onAct={() => SecretString !== null && put.mutate({ SecretId: secret.ARN, SecretString })}
      onClose={onClose}
    >
      <Box color="text-body-secondary">{texts.newVersionHint}</Box>
      <SecretValueEditor value={value} onChange={setValue} problem={refusal.at["SecretString"]} />
    </FormDialog>
  );
}
