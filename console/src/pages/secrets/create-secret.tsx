/** A new secret. */
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { secretTexts as texts } from "../../texts.ts";
import { secretHref } from "./addresses.ts";
import { emptyValue, finishedValue, SecretValueEditor } from "./secret-value-editor.tsx";

const NAME = /^[\w/+=.@-]{1,512}$/;

export function CreateSecret({ onClose }: { readonly onClose: () => void }) {
  const notify = useNotify();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [value, setValue] = useState(emptyValue);
  const create = useAct("secretsmanager.CreateSecret", {
    onDone: ({ Name }) => {
      notify({ type: "success", text: texts.created(Name) });
      window.location.hash = secretHref(Name);
      onClose();
    },
  });
  const SecretString = finishedValue(value);
  const refusal = readRefusal(create.error?.message, ["Name", "SecretString", "Description"]);
  const isNameWrong = name !== "" && !NAME.test(name);
  return (
    <FormDialog
      title={texts.create}
      act={texts.create}
      canAct={NAME.test(name) && SecretString !== null}
      isBusy={create.isPending}
      problem={refusal.rest}
      onAct={() =>
        SecretString !== null &&
        create.mutate({ Name: name, SecretString, ...(description !== "" && { Description: description }) })
      }
      onClose={onClose}
    >
      <FormField
        label={texts.name}
        constraintText={texts.nameHint}
        errorText={isNameWrong ? texts.nameProblem : refusal.at["Name"]}
      >
        <Input value={name} spellcheck={false} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <SecretValueEditor value={value} onChange={setValue} problem={refusal.at["SecretString"]} />
      <FormField label={texts.description} errorText={refusal.at["Description"]}>
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
    </FormDialog>
  );
}
