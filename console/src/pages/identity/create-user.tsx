/** A new user, with a password or a key or neither. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import type { MultiselectProps } from "@cloudscape-design/components/multiselect";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useTask } from "../../api/queries.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { identityTexts } from "../../texts.ts";
import { ChosenPolicies } from "./attached-policies.tsx";
import { makeUser, newPassword } from "./make-user.ts";
import { MadeUserDialog } from "./made-user-dialog.tsx";

const texts = identityTexts.users;
const NAME = /^[\w+=,.@-]{1,64}$/;

export function CreateUser({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState("");
  const [hasPassword, setHasPassword] = useState(false);
  const [password, setPassword] = useState("");
  const [mustChange, setMustChange] = useState(true);
  const [hasKey, setHasKey] = useState(false);
  const [policies, setPolicies] = useState<readonly MultiselectProps.Option[]>([]);
  const make = useTask(makeUser);
  const given = hasPassword ? password : "";
  if (make.data) return <MadeUserDialog name={name} password={given} made={make.data} onClose={onClose} />;
  const { at, rest } = readRefusal(make.error?.message, ["UserName", "Password"]);
  const isNameWrong = name !== "" && !NAME.test(name);
  return (
    <FormDialog
      title={texts.create}
      act={texts.create}
      canAct={NAME.test(name) && (!hasPassword || password !== "")}
      isBusy={make.isPending}
      problem={rest}
      onAct={() =>
        make.mutate({
          name,
          password: given,
          mustChange,
          hasKey,
          policyArns: policies.flatMap(({ value }) => value ?? []),
        })
      }
      onClose={onClose}
    >
      <FormField
        label={texts.name}
        constraintText={texts.nameHint}
        errorText={isNameWrong ? texts.nameProblem : at["UserName"]}
      >
        <Input
          value={name}
          autoComplete={false}
          spellcheck={false}
          onChange={({ detail }) => setName(detail.value)}
        />
      </FormField>
      <Checkbox checked={hasPassword} onChange={({ detail }) => setHasPassword(detail.checked)}>
        {texts.withPassword}
      </Checkbox>
      {hasPassword ? (
        <NewPasswordFields
          password={password}
          onPassword={setPassword}
          mustChange={mustChange}
          onMustChange={setMustChange}
          problem={at["Password"]}
        />
      ) : null}
      <Checkbox checked={hasKey} onChange={({ detail }) => setHasKey(detail.checked)}>
        {texts.withKey}
      </Checkbox>
      <ChosenPolicies chosen={policies} onChange={setPolicies} isOptional />
    </FormDialog>
  );
}

export interface NewPasswordFieldsProps {
  readonly password: string;
  readonly onPassword: (password: string) => void;
  readonly mustChange: boolean;
  readonly onMustChange: (mustChange: boolean) => void;
  readonly problem?: string | undefined;
}

export function NewPasswordFields(props: NewPasswordFieldsProps) {
  const { password, onPassword, mustChange, onMustChange, problem } = props;
  return (
    <SpaceBetween size="s">
      <FormField
        label={texts.password}
        constraintText={texts.passwordHint}
        errorText={problem}
        secondaryControl={
          <Button formAction="none" onClick={() => onPassword(newPassword())}>
            {texts.generate}
          </Button>
        }
      >
        <Input
          value={password}
          autoComplete="new-password"
          spellcheck={false}
          onChange={({ detail }) => onPassword(detail.value)}
        />
      </FormField>
      <Checkbox
        checked={mustChange}
        description={<Box color="text-body-secondary">{texts.mustChangeNote}</Box>}
        onChange={({ detail }) => onMustChange(detail.checked)}
      >
        {texts.mustChange}
      </Checkbox>
    </SpaceBetween>
  );
}
