/** A new parameter, or a new value of one. */
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Textarea from "@cloudscape-design/components/textarea";
import Tiles from "@cloudscape-design/components/tiles";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import type { Input as InputOf } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { parameterTexts as texts } from "../../texts.ts";
import { parameterHref } from "./addresses.ts";

type Type = NonNullable<InputOf<"AmazonSSM.PutParameter">["Type"]>;

const NAME = /^[\w./-]{1,1011}$/;
const TYPES: readonly Type[] = ["String", "StringList", "SecureString"];
const MEMBERS = ["Name", "Value", "Type", "Description", "AllowedPattern"];

export function CreateParameter({ onClose }: { readonly onClose: () => void }) {
  const notify = useNotify();
  const [name, setName] = useState("");
  const [type, setType] = useState<Type>("String");
  const [value, setValue] = useState("");
  const [description, setDescription] = useState("");
  const [pattern, setPattern] = useState("");
  const put = useAct("AmazonSSM.PutParameter", {
    onDone: (_, { Name }) => {
      notify({ type: "success", text: texts.created(Name) });
      window.location.hash = parameterHref(Name);
      onClose();
    },
  });
  const { at, rest } = readRefusal(put.error?.message, MEMBERS);
  const isNameWrong = name !== "" && !NAME.test(name);
  return (
    <FormDialog
      title={texts.create}
      act={texts.create}
      canAct={NAME.test(name) && value !== ""}
      isBusy={put.isPending}
      problem={rest}
      onAct={() =>
        put.mutate({
          Name: name,
          Type: type,
          Value: value,
          ...(description !== "" && { Description: description }),
          ...(pattern !== "" && { AllowedPattern: pattern }),
        })
      }
      onClose={onClose}
    >
      <FormField
        label={texts.name}
        constraintText={texts.nameHint}
        errorText={isNameWrong ? texts.nameProblem : at["Name"]}
      >
        <Input value={name} spellcheck={false} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label={texts.type} errorText={at["Type"]} stretch>
        <Tiles
          value={type}
          ariaLabel={texts.type}
          onChange={({ detail }) => setType(detail.value as Type)}
          items={TYPES.map((one) => ({
            value: one,
            label: texts.types[one].label,
            description: texts.types[one].text,
          }))}
        />
      </FormField>
      <ParameterValueField value={value} onChange={setValue} problem={at["Value"]} />
      <FormField label={texts.description} errorText={at["Description"]}>
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField label={texts.pattern} description={texts.patternHint} errorText={at["AllowedPattern"]}>
        <Input value={pattern} spellcheck={false} onChange={({ detail }) => setPattern(detail.value)} />
      </FormField>
    </FormDialog>
  );
}

interface NewValueProps {
  readonly name: string;
  readonly type: Type;
  readonly description: string;
  readonly onClose: () => void;
}

export function NewParameterValue({ name, type, description: present, onClose }: NewValueProps) {
  const notify = useNotify();
  const [value, setValue] = useState("");
  const [description, setDescription] = useState(present);
  const put = useAct("AmazonSSM.PutParameter", {
    onDone: ({ Version = 0 }) => {
      notify({ type: "success", text: texts.saved(name, Version) });
      onClose();
    },
  });
  const { at, rest } = readRefusal(put.error?.message, MEMBERS);
  return (
    <FormDialog
      title={texts.newVersionTitle(name)}
      act={texts.newVersion}
      canAct={value !== ""}
      isBusy={put.isPending}
      problem={rest}
      onAct={() =>
        put.mutate({ Name: name, Type: type, Value: value, Overwrite: true, Description: description })
      }
      onClose={onClose}
    >
      <ParameterValueField value={value} onChange={setValue} problem={at["Value"]} />
      <FormField label={texts.description} errorText={at["Description"]}>
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
    </FormDialog>
  );
}

interface FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly problem: string | undefined;
}

function ParameterValueField({ value, onChange, problem }: FieldProps) {
  return (
    <FormField label={texts.value} errorText={problem} stretch>
      <Textarea
        value={value}
        rows={3}
        spellcheck={false}
        disableBrowserAutocorrect
        autoComplete={false}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
