/** Takes a policy of one's own away, from everybody who has it first. */
import { call } from "../../api/call.ts";
import { readAll, useTask } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { ConfirmByName } from "../../parts/confirm-by-name.tsx";
import { identityTexts } from "../../texts.ts";
import { usePolicyEntities } from "./policy-entities.tsx";
import type { ManagedPolicy } from "./managed-policy.ts";
import { detachPolicy, type Principal } from "./principal.ts";

const IAM = "AWSIdentityManagementV20100508";
const texts = identityTexts.managed;

interface Props {
  readonly policy: ManagedPolicy;
  readonly onClose: () => void;
}

export function DeletePolicy({ policy: { Arn = "", PolicyName = "" }, onClose }: Props) {
  const notify = useNotify();
  const entities = usePolicyEntities(Arn).data;
  const remove = useTask((holders: readonly Principal[]) => deletePolicy(Arn, holders), {
    leavesPage: true,
    onDone: () => {
      notify({ type: "success", text: texts.deleted(PolicyName) });
      window.location.hash = "#/policies";
    },
  });
  return (
    <ConfirmByName
      title={texts.deleteTitle(PolicyName)}
      name={PolicyName}
      action={identityTexts.delete}
      isActing={remove.isPending}
      error={remove.error?.message}
      onConfirm={() => remove.mutate(entities ?? [])}
      onCancel={onClose}
    >
      {texts.deleteText} {entities?.map(({ name }) => name).join(", ")}
    </ConfirmByName>
  );
}

async function deletePolicy(PolicyArn: string, holders: readonly Principal[]): Promise<void> {
  for (const holder of holders) await detachPolicy(holder, PolicyArn);
  const versions = await readAll(`${IAM}.ListPolicyVersions`, { PolicyArn }, "Versions");
  for (const { VersionId = "", IsDefaultVersion } of versions) {
    if (IsDefaultVersion !== true) await call(`${IAM}.DeletePolicyVersion`, { PolicyArn, VersionId });
  }
  await call(`${IAM}.DeletePolicy`, { PolicyArn });
}
