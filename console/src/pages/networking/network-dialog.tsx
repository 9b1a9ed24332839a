/** Makes a subnet or a security group, or changes what one stands for. */
import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { networking } from "../../texts.ts";
import { contentOf, formOf, type Network, type NetworkForm } from "./network-form.ts";
import { RulesEditor } from "./rules-editor.tsx";

const words = networking.networks.form;
const MEMBERS = ["Name", "DockerNetwork", "Cidrs", "Rules"] as const;

export interface NetworkDialogProps {
  /** The one to change; a new one unless given. */
  readonly network?: Network;
  readonly onMade?: (network: Network) => void;
  readonly onClose: () => void;
}

export function NetworkDialog({ network, onMade, onClose }: NetworkDialogProps) {
  const notify = useNotify();
  const [form, setForm] = useState(() => formOf(network));
  const done = (text: string) => {
    notify({ type: "success", text });
    onClose();
  };
  const create = useAct("Slipway.CreateNetwork", {
    onDone: ({ Network: made }) => {
      onMade?.(made);
      done(networking.networks.made(form.name));
    },
  });
  const update = useAct("Slipway.UpdateNetwork", {
    onDone: () => done(networking.networks.changed(form.name)),
  });
  const act = network === undefined ? create : update;
  const { at, rest } = readRefusal(act.error?.message, MEMBERS);
  const change = (part: Partial<NetworkForm>) => {
    act.reset();
    setForm({ ...form, ...part });
  };
  const save = () => {
    const content = contentOf(form);
    if (network === undefined) create.mutate({ Name: form.name, Kind: form.kind, ...content });
    else update.mutate({ NetworkId: network.NetworkId, ...content });
  };
  const isSubnet = form.kind === "SUBNET";
  return (
    <FormDialog
      title={network === undefined ? words.title : words.editTitle(network.Name)}
      act={network === undefined ? words.act : words.save}
      size={isSubnet ? "medium" : "large"}
      isBusy={act.isPending}
      canAct={form.name !== "" && (!isSubnet || form.dockerNetwork !== "" || form.cidrs.trim() !== "")}
      problem={rest}
      onClose={onClose}
      onAct={save}
    >
      {network === undefined ? <NameAndKind form={form} problem={at["Name"]} onChange={change} /> : null}
      {isSubnet ? (
        <SpaceBetween size="l">
          <FormField label={words.docker} description={words.dockerHelp} errorText={at["DockerNetwork"]}>
            <Input
              value={form.dockerNetwork}
              autoComplete={false}
              spellcheck={false}
              onChange={({ detail }) => change({ dockerNetwork: detail.value })}
            />
          </FormField>
          <FormField label={words.cidrs} description={words.cidrsHelp} errorText={at["Cidrs"]}>
            <Textarea
              value={form.cidrs}
              rows={4}
              spellcheck={false}
              placeholder={words.cidrsPlaceholder}
              onChange={({ detail }) => change({ cidrs: detail.value })}
            />
          </FormField>
        </SpaceBetween>
      ) : (
        <RulesEditor rules={form.rules} problem={at["Rules"]} onChange={(rules) => change({ rules })} />
      )}
      {network === undefined ? null : <Alert type="info">{words.atOnce}</Alert>}
    </FormDialog>
  );
}

interface NameAndKindProps {
  readonly form: NetworkForm;
  readonly problem: string | undefined;
  readonly onChange: (part: Partial<NetworkForm>) => void;
}

function NameAndKind({ form, problem, onChange }: NameAndKindProps) {
  return (
    <SpaceBetween size="l">
      <FormField label={networking.name} constraintText={words.nameHelp} errorText={problem}>
        <Input
          value={form.name}
          autoComplete={false}
          spellcheck={false}
          onChange={({ detail }) => onChange({ name: detail.value })}
        />
      </FormField>
      <FormField label={words.kind}>
        <RadioGroup
          value={form.kind}
          items={[
            { value: "SUBNET", label: words.subnet, description: words.subnetHelp },
            { value: "SECURITY_GROUP", label: words.group, description: words.groupHelp },
          ]}
          onChange={({ detail }) => onChange({ kind: detail.value as NetworkForm["kind"] })}
        />
      </FormField>
    </SpaceBetween>
  );
}
