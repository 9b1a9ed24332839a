/** Publishes a private service under a name of its own. App Runner's VPC and endpoint mean nothing here and are not asked for. */
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import type { DescribedService } from "../../parts/all-services.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { NameInput } from "../../parts/name-input.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { networking } from "../../texts.ts";

const words = networking.ingress.form;
const MEMBERS = ["VpcIngressConnectionName", "ServiceArn"] as const;
/** Kept and shown by the API. */
const NOWHERE = { VpcId: "vpc-slipway", VpcEndpointId: "vpce-slipway" } as const;

export interface CreateIngressDialogProps {
  readonly services: readonly DescribedService[];
  readonly onClose: () => void;
}

export function CreateIngressDialog({ services, onClose }: CreateIngressDialogProps) {
  const notify = useNotify();
  const [name, setName] = useState("");
  const [serviceArn, setServiceArn] = useState("");
  const act = useAct("AppRunner.CreateVpcIngressConnection", {
    onDone: () => {
      notify({ type: "success", text: networking.ingress.made(name) });
      onClose();
    },
  });
  const { at, rest } = readRefusal(act.error?.message, MEMBERS);
  const options = services
    .filter(
      ({ NetworkConfiguration: { IngressConfiguration: ingress } }) =>
        ingress?.IsPubliclyAccessible === false,
    )
    .map(({ ServiceArn, ServiceName }) => ({ value: ServiceArn, label: ServiceName }));
  return (
    <FormDialog
      title={words.title}
      act={words.act}
      isBusy={act.isPending}
      canAct={name !== "" && serviceArn !== ""}
      problem={rest}
      onClose={onClose}
      onAct={() =>
        act.mutate({
          VpcIngressConnectionName: name,
          ServiceArn: serviceArn,
          IngressVpcConfiguration: NOWHERE,
        })
      }
    >
      <FormField
        label={networking.name}
        constraintText={words.nameHelp}
        errorText={at["VpcIngressConnectionName"]}
      >
        <NameInput
          value={name}
          onChange={(wished) => {
            act.reset();
            setName(wished);
          }}
        />
      </FormField>
      <FormField label={networking.ingress.service} errorText={at["ServiceArn"]}>
        <Select
          selectedOption={options.find(({ value }) => value === serviceArn) ?? null}
          options={options}
          placeholder={words.chooseService}
          empty={words.noPrivate}
          onChange={({ detail }) => setServiceArn(detail.selectedOption.value ?? "")}
        />
      </FormField>
    </FormDialog>
  );
}
