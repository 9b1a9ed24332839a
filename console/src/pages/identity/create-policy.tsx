/** A new managed policy. */
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { identityTexts } from "../../texts.ts";
import { policyHref } from "./addresses.ts";
import { isPolicyReady, otherProblem, PolicyEditor } from "./policy-editor.tsx";

const texts = identityTexts.managed;
const NAME = /^[\w+=,.@-]{1,128}$/;

interface Props {
  /** To begin with. */
  readonly document: string;
  readonly onClose: () => void;
}

export function CreatePolicy({ document, onClose }: Props) {
  const notify = useNotify();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [text, setText] = useState(document);
  const create = useAct("AWSIdentityManagementV20100508.CreatePolicy", {
    onDone: ({ Policy }) => {
      notify({ type: "success", text: texts.made(name) });
      window.location.hash = policyHref(Policy?.Arn ?? "");
      onClose();
    },
  });
  const { at, rest } = readRefusal(otherProblem(create.error) || undefined, ["PolicyName", "Description"]);
  const isNameWrong = name !== "" && !NAME.test(name);
  return (
    <FormDialog
      title={texts.createTitle}
      act={texts.create}
      size="large"
      canAct={NAME.test(name) && isPolicyReady(text)}
      isBusy={create.isPending}
      problem={rest}
      onAct={() =>
        create.mutate({
          PolicyName: name,
          PolicyDocument: text,
          ...(description !== "" && { Description: description }),
        })
      }
      onClose={onClose}
    >
      <FormField
        label={texts.name}
        errorText={isNameWrong ? identityTexts.policies.nameProblem : at["PolicyName"]}
      >
        <Input value={name} spellcheck={false} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label={identityTexts.description} errorText={at["Description"]} stretch>
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <PolicyEditor value={text} onChange={setText} error={create.error} />
    </FormDialog>
  );
}
