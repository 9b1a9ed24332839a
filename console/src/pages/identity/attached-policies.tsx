/** The managed policies that a user or a role has. */
import FormField from "@cloudscape-design/components/form-field";
import Link from "@cloudscape-design/components/link";
import Multiselect, { type MultiselectProps } from "@cloudscape-design/components/multiselect";
import { useState } from "react";
import { useReadAll, useTask } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { OptionalLabel } from "../../parts/optional-label.tsx";
import { type ListState, ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { identityTexts } from "../../texts.ts";
import { policyHref } from "./addresses.ts";
import { attachPolicy, detachPolicy, policyActions, type Principal } from "./principal.ts";

const texts = identityTexts.policies;

export interface AttachedPolicy {
  readonly PolicyName?: string | undefined;
  readonly PolicyArn?: string | undefined;
}

export interface AttachedPoliciesProps {
  readonly principal: Principal;
  readonly list: ListState<AttachedPolicy>;
}

export function AttachedPolicies({ principal, list }: AttachedPoliciesProps) {
  const [isAttaching, setAttaching] = useState(false);
  const [leaving, setLeaving] = useState<AttachedPolicy | null>(null);
  const attach = (
    <PermittedButton
      needs={policyActions[principal.kind].attach}
      of={principal.arn}
      onClick={() => setAttaching(true)}
    >
      {texts.attach}
    </PermittedButton>
  );
  return (
    <>
      <ResourceTable<AttachedPolicy>
        id="attached-policies"
        title={texts.attached}
        list={list}
        keyOf={({ PolicyArn = "" }) => PolicyArn}
        sortedBy="policy"
        empty={{ ...texts.attachedNone, action: attach }}
        actions={() => attach}
        columns={[
          {
            id: "policy",
            header: texts.policy,
            text: ({ PolicyName = "" }) => PolicyName,
            cell: ({ PolicyName, PolicyArn = "" }) => <Link href={policyHref(PolicyArn)}>{PolicyName}</Link>,
          },
          { id: "kind", header: texts.kind, text: ({ PolicyArn = "" }) => kindOf(PolicyArn) },
          {
            id: "act",
            header: identityTexts.action,
            text: () => "",
            cell: (policy) => (
              <PermittedButton
                needs={policyActions[principal.kind].detach}
                of={principal.arn}
                variant="inline-link"
                onClick={() => setLeaving(policy)}
              >
                {texts.detach}
              </PermittedButton>
            ),
          },
        ]}
      />
      {isAttaching ? (
        <Attach principal={principal} present={list.data ?? []} onClose={() => setAttaching(false)} />
      ) : null}
      {leaving === null ? null : (
        <Detach principal={principal} policy={leaving} onClose={() => setLeaving(null)} />
      )}
    </>
  );
}

export function kindOf(arn: string): string {
  return arn.startsWith("arn:aws:iam::aws:") ? texts.aws : texts.own;
}

interface AttachProps {
  readonly principal: Principal;
  readonly present: readonly AttachedPolicy[];
  readonly onClose: () => void;
}

function Attach({ principal, present, onClose }: AttachProps) {
  const notify = useNotify();
  const [chosen, setChosen] = useState<readonly MultiselectProps.Option[]>([]);
  const attach = useTask(
    async (arns: readonly string[]) => {
      for (const arn of arns) await attachPolicy(principal, arn);
    },
    {
      onDone: () => {
        notify({ type: "success", text: texts.saved(chosen.map(({ label }) => label).join(", ")) });
        onClose();
      },
    },
  );
  return (
    <FormDialog
      title={texts.attachTitle(principal.name)}
      act={texts.attach}
      canAct={chosen.length > 0}
      isBusy={attach.isPending}
      problem={attach.error?.message ?? ""}
      onAct={() => attach.mutate(chosen.flatMap(({ value }) => value ?? []))}
      onClose={onClose}
    >
      <ChosenPolicies
        chosen={chosen}
        onChange={setChosen}
        without={present.flatMap(({ PolicyArn }) => PolicyArn ?? [])}
      />
    </FormDialog>
  );
}

export interface ChosenPoliciesProps {
  readonly chosen: readonly MultiselectProps.Option[];
  readonly onChange: (chosen: readonly MultiselectProps.Option[]) => void;
  readonly without?: readonly string[];
  readonly isOptional?: boolean;
}

const NONE: readonly string[] = [];

export function ChosenPolicies({
  chosen,
  onChange,
  without = NONE,
  isOptional = false,
}: ChosenPoliciesProps) {
  const { data = [] } = useReadAll(
    "AWSIdentityManagementV20100508.ListPolicies",
    { Scope: "All" },
    "Policies",
  );
  const options = data
    .filter(({ Arn = "" }) => !without.includes(Arn))
    .map(({ PolicyName = "", Arn = "", Description }) => ({
      label: PolicyName,
      value: Arn,
      labelTag: kindOf(Arn),
      description: Description,
    }));
  return (
    <FormField label={isOptional ? <OptionalLabel text={texts.choose} /> : texts.choose} stretch>
      <Multiselect
        selectedOptions={chosen}
        options={options}
        filteringType="auto"
        onChange={({ detail }) => onChange(detail.selectedOptions)}
      />
    </FormField>
  );
}

interface DetachProps {
  readonly principal: Principal;
  readonly policy: AttachedPolicy;
  readonly onClose: () => void;
}

function Detach({ principal, policy: { PolicyName = "", PolicyArn = "" }, onClose }: DetachProps) {
  const notify = useNotify();
  const detach = useTask(() => detachPolicy(principal, PolicyArn), {
    onDone: () => {
      notify({ type: "success", text: texts.removed(PolicyName) });
      onClose();
    },
  });
  return (
    <DeleteDialog
      title={texts.detachTitle(PolicyName)}
      act={texts.detach}
      isBusy={detach.isPending}
      problem={detach.error?.message}
      onDelete={() => detach.mutate(undefined)}
      onClose={onClose}
    >
      {texts.detachText(principal.name)}
    </DeleteDialog>
  );
}
