/** Whether a user can sign in with a password, and a new one. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { call } from "../../api/call.ts";
import { useAct, useRead, useTask } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Moment } from "../../parts/moment.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { identityTexts } from "../../texts.ts";
import { NewPasswordFields } from "./create-user.tsx";
import { attachPolicy } from "./principal.ts";

const texts = identityTexts.password;
const IAM = "AWSIdentityManagementV20100508";
const CHANGES_PASSWORD = "arn:aws:iam::aws:policy/IAMUserChangePassword";

export interface UserPasswordProps {
  readonly userName: string;
  readonly arn: string;
  readonly hasPassword: boolean;
}

export function UserPassword({ userName, arn, hasPassword }: UserPasswordProps) {
  const [open, setOpen] = useState<"set" | "remove" | null>(null);
  const answer = useRead(`${IAM}.GetLoginProfile`, { UserName: userName }, { isEnabled: hasPassword });
  const profile = hasPassword ? answer.data?.LoginProfile : undefined;
  const close = () => setOpen(null);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {hasPassword ? (
                <PermittedButton needs="iam:DeleteLoginProfile" of={arn} onClick={() => setOpen("remove")}>
                  {texts.remove}
                </PermittedButton>
              ) : null}
              <PermittedButton
                needs={hasPassword ? "iam:UpdateLoginProfile" : "iam:CreateLoginProfile"}
                of={arn}
                onClick={() => setOpen("set")}
              >
                {hasPassword ? texts.change : texts.set}
              </PermittedButton>
            </SpaceBetween>
          }
        >
          {texts.title}
        </Header>
      }
    >
      {profile ? (
        <KeyValuePairs
          columns={3}
          items={[
            { label: texts.state, value: <StatusIndicator>{texts.has}</StatusIndicator> },
            { label: texts.since, value: <Moment seconds={profile.CreateDate} /> },
            {
              label: texts.mustChange,
              value: profile.PasswordResetRequired === true ? identityTexts.yes : identityTexts.no,
            },
          ]}
        />
      ) : (
        <StatusIndicator type="stopped">{texts.hasNot}</StatusIndicator>
      )}
      {open === "set" ? <SetPassword userName={userName} isNew={!hasPassword} onClose={close} /> : null}
      {open === "remove" ? <RemovePassword userName={userName} onClose={close} /> : null}
    </Container>
  );
}

interface SetPasswordProps {
  readonly userName: string;
  readonly isNew: boolean;
  readonly onClose: () => void;
}

function SetPassword({ userName, isNew, onClose }: SetPasswordProps) {
  const notify = useNotify();
  const [password, setPassword] = useState("");
  const [mustChange, setMustChange] = useState(true);
  const set = useTask(
    async () => {
      const input = { UserName: userName, Password: password, PasswordResetRequired: mustChange };
      await call(isNew ? `${IAM}.CreateLoginProfile` : `${IAM}.UpdateLoginProfile`, input);
      if (mustChange) await attachPolicy({ kind: "user", name: userName }, CHANGES_PASSWORD);
    },
    {
      onDone: () => {
        notify({ type: "success", text: texts.saved });
        onClose();
      },
    },
  );
  const { at, rest } = readRefusal(set.error?.message, ["Password"]);
  return (
    <FormDialog
      title={texts.setTitle(userName)}
      act={identityTexts.save}
      canAct={password !== ""}
      isBusy={set.isPending}
      problem={rest}
      onAct={() => set.mutate(undefined)}
      onClose={onClose}
    >
      <NewPasswordFields
        password={password}
        onPassword={setPassword}
        mustChange={mustChange}
        onMustChange={setMustChange}
        problem={at["Password"]}
      />
    </FormDialog>
  );
}

function RemovePassword({ userName, onClose }: { readonly userName: string; readonly onClose: () => void }) {
  const notify = useNotify();
  const remove = useAct(`${IAM}.DeleteLoginProfile`, {
    takes: (input) => [[`${IAM}.GetLoginProfile`, input]],
    onDone: () => {
      notify({ type: "success", text: texts.removed });
      onClose();
    },
  });
  return (
    <DeleteDialog
      title={texts.removeTitle(userName)}
      act={identityTexts.remove}
      isBusy={remove.isPending}
      problem={remove.error?.message}
      onDelete={() => remove.mutate({ UserName: userName })}
      onClose={onClose}
    >
      {texts.removeText}
    </DeleteDialog>
  );
}
