/** A policy's next version. It has five at most: of more the oldest that is not in force goes. */
import Box from "@cloudscape-design/components/box";
import { useState } from "react";
import { call } from "../../api/call.ts";
import { readAll, useTask } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { identityTexts } from "../../texts.ts";
import { isPolicyReady, otherProblem, PolicyEditor } from "./policy-editor.tsx";
import type { ManagedPolicy } from "./managed-policy.ts";

const IAM = "AWSIdentityManagementV20100508";
const texts = identityTexts.managed;
const VERSIONS_MAX = 5;

interface Props {
  readonly policy: ManagedPolicy;
  readonly document: string;
  readonly onClose: () => void;
}

export function NewPolicyVersion({ policy: { Arn = "", PolicyName = "" }, document, onClose }: Props) {
  const notify = useNotify();
  const [text, setText] = useState(document);
  const save = useTask((PolicyDocument: string) => addVersion(Arn, PolicyDocument), {
    onDone: (version) => {
      notify({ type: "success", text: texts.saved(version) });
      onClose();
    },
  });
  return (
    <FormDialog
      title={texts.newVersionTitle(PolicyName)}
      act={identityTexts.save}
      size="large"
      canAct={isPolicyReady(text) && text !== document}
      isBusy={save.isPending}
      problem={otherProblem(save.error)}
      onAct={() => save.mutate(text)}
      onClose={onClose}
    >
      <Box color="text-body-secondary">{texts.newVersionNote}</Box>
      <PolicyEditor value={text} onChange={setText} error={save.error} />
    </FormDialog>
  );
}

async function addVersion(PolicyArn: string, PolicyDocument: string): Promise<string> {
  const versions = await readAll(`${IAM}.ListPolicyVersions`, { PolicyArn }, "Versions");
  const oldest = versions
    .filter(({ IsDefaultVersion }) => IsDefaultVersion !== true)
    .toSorted((one, other) => (one.CreateDate ?? 0) - (other.CreateDate ?? 0))[0];
  if (versions.length >= VERSIONS_MAX && oldest?.VersionId !== undefined) {
    // A text that is refused must not cost a version.
    await call(`${IAM}.SimulateCustomPolicy`, {
      PolicyInputList: [PolicyDocument],
      ActionNames: ["iam:GetUser"],
    });
    await call(`${IAM}.DeletePolicyVersion`, { PolicyArn, VersionId: oldest.VersionId });
  }
  const made = await call(`${IAM}.CreatePolicyVersion`, { PolicyArn, PolicyDocument, SetAsDefault: true });
  return made.PolicyVersion?.VersionId ?? "";
}
