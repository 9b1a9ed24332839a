/** The names of a key. */
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { keyTexts as texts } from "../../texts.ts";

const ALIAS = /^[\w/-]{1,250}$/;

interface Props {
  readonly keyId: string;
  readonly arn: string;
  readonly aliases: readonly string[];
}

export function KeyAliases({ keyId, arn, aliases }: Props) {
  const notify = useNotify();
  const [isAdding, setAdding] = useState(false);
  const remove = useAct("TrentService.DeleteAlias", {
    onDone: (_, { AliasName }) => notify({ type: "success", text: texts.aliasRemoved(AliasName) }),
  });
  const add = (
    <PermittedButton needs="kms:CreateAlias" of={arn} onClick={() => setAdding(true)}>
      {texts.editAlias}
    </PermittedButton>
  );
  return (
    <>
      <ResourceTable<string>
        id="key-aliases"
        title={texts.aliases}
        list={{ data: aliases, isPending: false, error: null, refetch: () => undefined }}
        keyOf={(alias) => alias}
        empty={{ ...texts.noAliases, action: add }}
        actions={() => add}
        columns={[
          { id: "alias", header: texts.alias, text: (alias) => alias },
          {
            id: "act",
            header: texts.action,
            text: () => "",
            cell: (alias) => (
              <PermittedButton
                needs="kms:DeleteAlias"
                of={arn}
                variant="inline-link"
                onClick={() => remove.mutate({ AliasName: alias })}
              >
                {texts.removeAlias}
              </PermittedButton>
            ),
          },
        ]}
      />
      {isAdding ? <AddAlias keyId={keyId} onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function AddAlias({ keyId, onClose }: { readonly keyId: string; readonly onClose: () => void }) {
  const notify = useNotify();
  const [alias, setAlias] = useState("");
  const create = useAct("TrentService.CreateAlias", {
    onDone: (_, { AliasName }) => {
      notify({ type: "success", text: texts.aliasAdded(AliasName) });
      onClose();
    },
  });
  return (
    <FormDialog
      title={texts.editAlias}
      act={texts.editAlias}
      canAct={ALIAS.test(alias)}
      isBusy={create.isPending}
      problem={create.error?.message ?? ""}
      onAct={() => create.mutate({ AliasName: `alias/${alias}`, TargetKeyId: keyId })}
      onClose={onClose}
    >
      <FormField
        label={texts.alias}
        constraintText={texts.aliasHint}
        errorText={alias !== "" && !ALIAS.test(alias) ? texts.aliasProblem : undefined}
      >
        <Input value={alias} spellcheck={false} onChange={({ detail }) => setAlias(detail.value)} />
      </FormField>
    </FormDialog>
  );
}
