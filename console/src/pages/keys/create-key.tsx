/** A new key, with a name. */
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { call } from "../../api/call.ts";
import { useTask } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { keyTexts as texts } from "../../texts.ts";
import { keyHref } from "./key-names.ts";

const ALIAS = /^[\w/-]{1,250}$/;

export function CreateKey({ onClose }: { readonly onClose: () => void }) {
  const notify = useNotify();
  const [alias, setAlias] = useState("");
  const [description, setDescription] = useState("");
  const create = useTask(makeKey, {
    onDone: (keyId, wish) => {
      notify({ type: "success", text: texts.made(wish.alias || keyId) });
      window.location.hash = keyHref(keyId);
      onClose();
    },
  });
  const isAliasWrong = alias !== "" && !ALIAS.test(alias);
  return (
    <FormDialog
      title={texts.create}
      act={texts.create}
      canAct={!isAliasWrong}
      isBusy={create.isPending}
      problem={create.error?.message ?? ""}
      onAct={() => create.mutate({ alias, description })}
      onClose={onClose}
    >
      <FormField
        label={texts.alias}
        constraintText={texts.aliasHint}
        errorText={isAliasWrong ? texts.aliasProblem : undefined}
      >
        <Input value={alias} spellcheck={false} onChange={({ detail }) => setAlias(detail.value)} />
      </FormField>
      <FormField label={texts.keyDescription} stretch>
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
    </FormDialog>
  );
}

interface KeyWish {
  readonly alias: string;
  readonly description: string;
}

/** An alias that is refused leaves no key behind that nobody would find. */
async function makeKey({ alias, description }: KeyWish): Promise<string> {
  if (alias !== "") await refuseTaken(alias);
  const { KeyMetadata } = await call("TrentService.CreateKey", { Description: description });
  if (alias !== "") {
    await call("TrentService.CreateAlias", { AliasName: `alias/${alias}`, TargetKeyId: KeyMetadata.KeyId });
  }
  return KeyMetadata.KeyId;
}

async function refuseTaken(alias: string): Promise<void> {
  const { Keys } = await call("Slipway.ListEncryptionKeys", {});
  if (Keys.some(({ Aliases }) => Aliases.includes(`alias/${alias}`)))
    throw new Error(texts.aliasTaken(alias));
}
