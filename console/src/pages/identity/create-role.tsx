/** A new role: for a service's instances, for pulling images, or for people. */
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Multiselect, { type MultiselectProps } from "@cloudscape-design/components/multiselect";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { useState } from "react";
import { useReadAll, useTask } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { OptionalLabel } from "../../parts/optional-label.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { identityTexts } from "../../texts.ts";
import { roleHref } from "./addresses.ts";
import { ChosenPolicies } from "./attached-policies.tsx";
import { makeRole, type RolePurpose } from "./make-role.ts";
import { ChosenResources } from "./statement-helper.tsx";

type Options = readonly MultiselectProps.Option[];

const texts = identityTexts.roles;
const NAME = /^[\w+=,.@-]{1,64}$/;
const PURPOSES: readonly RolePurpose[] = ["instance", "access", "people"];
const NONE: Options = [];

export function CreateRole({ onClose }: { readonly onClose: () => void }) {
  const notify = useNotify();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [purpose, setPurpose] = useState<RolePurpose>("instance");
  const [secrets, setSecrets] = useState(NONE);
  const [parameters, setParameters] = useState(NONE);
  const [users, setUsers] = useState(NONE);
  const [policies, setPolicies] = useState(NONE);
  const make = useTask(makeRole, {
    onDone: () => {
      notify({ type: "success", text: texts.made(name) });
      window.location.hash = roleHref(name);
      onClose();
    },
  });
  const { at, rest } = readRefusal(make.error?.message, ["RoleName", "Description"]);
  const isNameWrong = name !== "" && !NAME.test(name);
  return (
    <FormDialog
      title={texts.create}
      act={texts.create}
      size="large"
      canAct={NAME.test(name) && (purpose !== "people" || users.length > 0)}
      isBusy={make.isPending}
      problem={rest}
      onAct={() =>
        make.mutate({
          name,
          description,
          purpose,
          secrets: arnsOf(secrets),
          parameters: arnsOf(parameters),
          users: arnsOf(users),
          policyArns: arnsOf(policies),
        })
      }
      onClose={onClose}
    >
      <FormField label={texts.purpose} stretch>
        <Tiles
          value={purpose}
          ariaLabel={texts.purpose}
          columns={3}
          onChange={({ detail }) => setPurpose(detail.value as RolePurpose)}
          items={PURPOSES.map((one) => ({
            value: one,
            label: texts.purposes[one].label,
            description: texts.purposes[one].text,
          }))}
        />
      </FormField>
      <FormField
        label={texts.name}
        constraintText={identityTexts.users.nameHint}
        errorText={isNameWrong ? identityTexts.users.nameProblem : at["RoleName"]}
      >
        <Input value={name} spellcheck={false} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      {purpose === "instance" ? (
        <SpaceBetween size="l">
          <ChosenResources
            kind="secret"
            chosen={secrets}
            onChange={setSecrets}
            label={<OptionalLabel text={texts.secrets} />}
            note=""
          />
          <ChosenResources
            kind="parameter"
            chosen={parameters}
            onChange={setParameters}
            label={<OptionalLabel text={texts.parameters} />}
            note=""
          />
        </SpaceBetween>
      ) : null}
      {purpose === "people" ? <ChosenUsers chosen={users} onChange={setUsers} /> : null}
      <ChosenPolicies chosen={policies} onChange={setPolicies} isOptional />
      <FormField
        label={<OptionalLabel text={identityTexts.description} />}
        errorText={at["Description"]}
        stretch
      >
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
    </FormDialog>
  );
}

interface ChosenUsersProps {
  readonly chosen: Options;
  readonly onChange: (chosen: Options) => void;
}

function ChosenUsers({ chosen, onChange }: ChosenUsersProps) {
  const { data = [] } = useReadAll("AWSIdentityManagementV20100508.ListUsers", {}, "Users");
  return (
    <FormField label={texts.users} stretch>
      <Multiselect
        selectedOptions={chosen}
        options={data.map(({ UserName, Arn }) => ({ label: UserName, value: Arn }))}
        filteringType="auto"
        onChange={({ detail }) => onChange(detail.selectedOptions)}
      />
    </FormField>
  );
}

function arnsOf(options: Options): readonly string[] {
  return options.flatMap(({ value }) => value ?? []);
}
