/** A new repository: empty, or with one of the example applications in it. */
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useAct, useRead } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { NameInput } from "../../parts/name-input.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { repositories as texts } from "../../texts.ts";
import type { Repository } from "./push-dialog.tsx";

/** No example. */
const NOTHING = "";

export interface CreateRepositoryProps {
  readonly onClose: () => void;
  readonly onMade: (repository: Repository) => void;
}

export function CreateRepository({ onClose, onMade }: CreateRepositoryProps) {
  const notify = useNotify();
  const [name, setName] = useState("");
  const [example, setExample] = useState(NOTHING);
  const examples = useRead("Slipway.ListExamples", {});
  const beginnings = [
    { value: NOTHING, label: texts.form.nothing, description: texts.form.nothingHelp },
    ...(examples.data?.Examples ?? []).map(({ Name, Title, Description }) => ({
      value: Name,
      label: Title,
      description: Description,
    })),
  ];
  const act = useAct("Slipway.CreateRepository", {
    onDone: ({ Repository: repository }) => {
      notify({ type: "success", text: texts.made(repository.RepositoryName) });
      onMade(repository);
    },
  });
  const { at, rest } = readRefusal(act.error?.message, ["RepositoryName"]);
  return (
    <FormDialog
      title={texts.form.title}
      act={texts.form.act}
      isBusy={act.isPending}
      canAct={name !== ""}
      problem={rest}
      onClose={onClose}
      onAct={() => act.mutate({ RepositoryName: name, ...(example !== NOTHING && { Example: example }) })}
    >
      <FormField label={texts.name} constraintText={texts.form.nameHelp} errorText={at["RepositoryName"]}>
        <NameInput
          value={name}
          onChange={(wished) => {
            act.reset();
            setName(wished);
          }}
        />
      </FormField>
      <FormField label={texts.form.begin}>
        <Select
          selectedOption={beginnings.find(({ value }) => value === example) ?? null}
          options={beginnings}
          statusType={examples.isPending ? "loading" : examples.error === null ? "finished" : "error"}
          errorText={examples.error?.message}
          onChange={({ detail }) => setExample(detail.selectedOption.value ?? NOTHING)}
        />
      </FormField>
    </FormDialog>
  );
}
