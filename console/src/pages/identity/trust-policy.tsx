/** Who may take a role, as text. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { formatJson, JsonEditor } from "../../parts/json-editor.tsx";
import { policyProblem } from "../../parts/json-problem.ts";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { readDocument } from "../../parts/role-trust.ts";
import { identityTexts } from "../../texts.ts";
import { isPolicyReady } from "./policy-editor.tsx";

const texts = identityTexts.roles;

interface Props {
  readonly roleName: string;
  readonly arn: string;
  readonly encoded: string | undefined;
}

export function TrustPolicy({ roleName, arn, encoded }: Props) {
  const [isEditing, setEditing] = useState(false);
  const text = formatJson(readDocument(encoded));
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <PermittedButton needs="iam:UpdateAssumeRolePolicy" of={arn} onClick={() => setEditing(true)}>
              {texts.editTrust}
            </PermittedButton>
          }
        >
          {texts.trust}
        </Header>
      }
    >
      <JsonEditor label={identityTexts.policies.document} value={text} />
      {isEditing ? <EditTrust roleName={roleName} present={text} onClose={() => setEditing(false)} /> : null}
    </Container>
  );
}

interface EditProps {
  readonly roleName: string;
  readonly present: string;
  readonly onClose: () => void;
}

function EditTrust({ roleName, present, onClose }: EditProps) {
  const notify = useNotify();
  const [text, setText] = useState(present);
  const save = useAct("AWSIdentityManagementV20100508.UpdateAssumeRolePolicy", {
    onDone: () => {
      notify({ type: "success", text: texts.trustSaved });
      onClose();
    },
  });
  return (
    <FormDialog
      title={texts.editTrust}
      act={identityTexts.save}
      size="large"
      canAct={isPolicyReady(text)}
      isBusy={save.isPending}
      onAct={() => save.mutate({ RoleName: roleName, PolicyDocument: text })}
      onClose={onClose}
    >
      <JsonEditor
        label={identityTexts.policies.document}
        value={text}
        onChange={setText}
        problem={save.error && policyProblem(save.error.message, text)}
      />
    </FormDialog>
  );
}
