/** A new observability configuration: a name, and whether requests are traced. */
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { NameInput } from "../../parts/name-input.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { observability as texts } from "../../texts.ts";

const words = texts.form;
const NAME = "ObservabilityConfigurationName";

export function CreateObservabilityDialog({ onClose }: { readonly onClose: () => void }) {
  const notify = useNotify();
  const [name, setName] = useState("");
  const [isTraced, setTraced] = useState(true);
  const act = useAct("AppRunner.CreateObservabilityConfiguration", {
    onDone: () => {
      notify({ type: "success", text: texts.made(name) });
      onClose();
    },
  });
  const { at, rest } = readRefusal(act.error?.message, [NAME]);
  return (
    <FormDialog
      title={words.title}
      act={words.act}
      isBusy={act.isPending}
      canAct={name !== ""}
      problem={rest}
      onClose={onClose}
      onAct={() =>
        act.mutate({
          ObservabilityConfigurationName: name,
          ...(isTraced ? { TraceConfiguration: { Vendor: "AWSXRAY" } } : {}),
        })
      }
    >
      <FormField label={words.name} description={words.nameHelp} errorText={at[NAME]}>
        <NameInput
          value={name}
          onChange={(wished) => {
            act.reset();
            setName(wished);
          }}
        />
      </FormField>
      <Checkbox
        checked={isTraced}
        description={words.tracesHelp}
        onChange={({ detail }) => setTraced(detail.checked)}
      >
        {words.traces}
      </Checkbox>
    </FormDialog>
  );
}
