/** A new connector: which subnets it leads to, and which groups narrow that. What is missing is made in between. */
import FormField from "@cloudscape-design/components/form-field";
import Multiselect, { type MultiselectProps } from "@cloudscape-design/components/multiselect";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { NameInput } from "../../parts/name-input.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { networking } from "../../texts.ts";
import { NetworkDialog } from "./network-dialog.tsx";
import { type Network, networkText } from "./network-form.ts";

const words = networking.connectors.form;
const MEMBERS = ["VpcConnectorName", "Subnets", "SecurityGroups"] as const;

type Chosen = MultiselectProps["selectedOptions"];

export interface CreateConnectorDialogProps {
  readonly networks: readonly Network[];
  readonly onClose: () => void;
}

export function CreateConnectorDialog({ networks, onClose }: CreateConnectorDialogProps) {
  const notify = useNotify();
  const [name, setName] = useState("");
  const [subnets, setSubnets] = useState<Chosen>([]);
  const [groups, setGroups] = useState<Chosen>([]);
  const [isMakingNetwork, setMakingNetwork] = useState(false);
  const act = useAct("AppRunner.CreateVpcConnector", {
    onDone: () => {
      notify({ type: "success", text: networking.connectors.made(name) });
      onClose();
    },
  });
  const { at, rest } = readRefusal(act.error?.message, MEMBERS);
  if (isMakingNetwork) {
    const choose = (network: Network) =>
      network.Kind === "SUBNET"
        ? setSubnets([...subnets, optionOf(network)])
        : setGroups([...groups, optionOf(network)]);
    return <NetworkDialog onMade={choose} onClose={() => setMakingNetwork(false)} />;
  }
  return (
    <FormDialog
      title={words.title}
      act={words.act}
      isBusy={act.isPending}
      canAct={name !== "" && subnets.length > 0}
      problem={rest}
      onClose={onClose}
      onAct={() =>
        act.mutate({
          VpcConnectorName: name,
          Subnets: idsOf(subnets),
          ...(groups.length > 0 ? { SecurityGroups: idsOf(groups) } : {}),
        })
      }
    >
      <FormField label={networking.name} description={words.nameHelp} errorText={at["VpcConnectorName"]}>
        <NameInput
          value={name}
          onChange={(wished) => {
            act.reset();
            setName(wished);
          }}
        />
      </FormField>
      <FormField
        label={networking.connectors.subnets}
        description={words.subnetsHelp}
        errorText={at["Subnets"]}
        secondaryControl={
          <PermittedButton needs="slipway:CreateNetwork" onClick={() => setMakingNetwork(true)}>
            {networking.networks.create}
          </PermittedButton>
        }
      >
        <Multiselect
          selectedOptions={subnets}
          options={optionsOf(networks, "SUBNET")}
          placeholder={words.chooseSubnets}
          empty={words.noSubnets}
          onChange={({ detail }) => setSubnets(detail.selectedOptions)}
        />
      </FormField>
      <FormField
        label={networking.connectors.groups}
        description={words.groupsHelp}
        errorText={at["SecurityGroups"]}
      >
        <Multiselect
          selectedOptions={groups}
          options={optionsOf(networks, "SECURITY_GROUP")}
          placeholder={words.chooseGroups}
          empty={words.noSecurityGroups}
          onChange={({ detail }) => setGroups(detail.selectedOptions)}
        />
      </FormField>
    </FormDialog>
  );
}

function optionsOf(networks: readonly Network[], kind: Network["Kind"]): MultiselectProps.Options {
  return networks.filter(({ Kind }) => Kind === kind).map(optionOf);
}

function optionOf(network: Network) {
  return {
    value: network.NetworkId,
    label: network.Name,
    description: networkText(network),
    labelTag: network.NetworkId,
  };
}

function idsOf(chosen: Chosen): readonly string[] {
  return chosen.flatMap(({ value }) => (value === undefined ? [] : [value]));
}
