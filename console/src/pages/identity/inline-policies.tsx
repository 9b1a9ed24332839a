/** The policies that belong to one user or role alone. */
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useTask } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { formatJson } from "../../parts/json-editor.tsx";
import { type ListState, ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { identityTexts } from "../../texts.ts";
import { isPolicyReady, NEW_POLICY, otherProblem, PolicyEditor } from "./policy-editor.tsx";
import {
  deleteInlinePolicy,
  type NamedDocument,
  type Principal,
  putInlinePolicy,
  readInlinePolicy,
  policyActions,
} from "./principal.ts";

const texts = identityTexts.policies;
const NAME = /^[\w+=,.@-]{1,128}$/;

export interface InlinePoliciesProps {
  readonly principal: Principal;
  readonly list: ListState<string>;
}

export function InlinePolicies({ principal, list }: InlinePoliciesProps) {
  const needs = policyActions[principal.kind];
  const notify = useNotify();
  const [edited, setEdited] = useState<NamedDocument | null>(null);
  const [leaving, setLeaving] = useState<string | null>(null);
  const open = useTask((name: string) => readInlinePolicy(principal, name), {
    onDone: (document, name) => setEdited({ PolicyName: name, PolicyDocument: formatJson(document) }),
  });
  const add = (
    <PermittedButton
      needs={needs.put}
      of={principal.arn}
      onClick={() => setEdited({ PolicyName: "", PolicyDocument: NEW_POLICY })}
    >
      {texts.addInline}
    </PermittedButton>
  );
  const remove = useTask((name: string) => deleteInlinePolicy(principal, name), {
    onDone: (_, name) => {
      notify({ type: "success", text: texts.removed(name) });
      setLeaving(null);
    },
  });
  return (
    <>
      <ResourceTable<string>
        id="inline-policies"
        title={texts.inline}
        list={list}
        keyOf={(name) => name}
        sortedBy="policy"
        empty={{ ...texts.inlineNone, action: add }}
        actions={() => add}
        columns={[
          {
            id: "policy",
            header: texts.policy,
            text: (name) => name,
            cell: (name) => (
              <Button variant="inline-link" onClick={() => open.mutate(name)}>
                {name}
              </Button>
            ),
          },
          {
            id: "act",
            header: identityTexts.action,
            text: () => "",
            cell: (name) => (
              <SpaceBetween direction="horizontal" size="xs">
                <PermittedButton
                  needs={needs.put}
                  of={principal.arn}
                  variant="inline-link"
                  onClick={() => open.mutate(name)}
                >
                  {identityTexts.edit}
                </PermittedButton>
                <PermittedButton
                  needs={needs.remove}
                  of={principal.arn}
                  variant="inline-link"
                  onClick={() => setLeaving(name)}
                >
                  {identityTexts.delete}
                </PermittedButton>
              </SpaceBetween>
            ),
          },
        ]}
      />
      {edited === null ? null : (
        <EditInline principal={principal} policy={edited} onClose={() => setEdited(null)} />
      )}
      {leaving === null ? null : (
        <DeleteDialog
          title={texts.deleteTitle(leaving)}
          isBusy={remove.isPending}
          problem={remove.error?.message}
          onDelete={() => remove.mutate(leaving)}
          onClose={() => setLeaving(null)}
        >
          {texts.deleteText}
        </DeleteDialog>
      )}
    </>
  );
}

interface EditProps {
  readonly principal: Principal;
  readonly policy: NamedDocument;
  readonly onClose: () => void;
}

function EditInline({ principal, policy, onClose }: EditProps) {
  const notify = useNotify();
  const [name, setName] = useState(policy.PolicyName);
  const [document, setDocument] = useState(policy.PolicyDocument);
  const isNew = policy.PolicyName === "";
  const put = useTask((wish: NamedDocument) => putInlinePolicy(principal, wish), {
    onDone: () => {
      notify({ type: "success", text: texts.saved(name) });
      onClose();
    },
  });
  return (
    <FormDialog
      size="large"
      title={texts.inlineTitle(principal.name)}
      act={identityTexts.save}
      canAct={NAME.test(name) && isPolicyReady(document)}
      isBusy={put.isPending}
      problem={otherProblem(put.error)}
      onAct={() => put.mutate({ PolicyName: name, PolicyDocument: document })}
      onClose={onClose}
    >
      <FormField
        label={texts.name}
        errorText={name !== "" && !NAME.test(name) ? texts.nameProblem : undefined}
      >
        <Input
          value={name}
          readOnly={!isNew}
          spellcheck={false}
          onChange={({ detail }) => setName(detail.value)}
        />
      </FormField>
      <PolicyEditor value={document} onChange={setDocument} error={put.error} />
    </FormDialog>
  );
}
