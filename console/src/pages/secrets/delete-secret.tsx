/** Takes a secret away, for a while or for good, and says which services miss it. */
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAllServices } from "../../parts/all-services.ts";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { ConfirmByName } from "../../parts/confirm-by-name.tsx";
import { secretTexts as texts } from "../../texts.ts";
import type { SecretFacts } from "./secret-facts.ts";
import { usesOf } from "./secret-uses.ts";

interface Props {
  readonly secret: SecretFacts;
  readonly onClose: () => void;
}

const WINDOWS_DAYS = [7, 14, 30];
const AT_ONCE = "0";

export function DeleteSecret({ secret, onClose }: Props) {
  const notify = useNotify();
  const [days, setDays] = useState("30");
  const { services } = useAllServices();
  const uses = usesOf(services, { arn: secret.ARN, name: secret.Name });
  const remove = useAct("secretsmanager.DeleteSecret", {
    leavesPage: days === AT_ONCE,
    onDone: ({ Name }) => {
      notify({ type: "success", text: texts.deletedNotice(Name) });
      // The question goes with the page that is left: until then it keeps the page from reading.
      if (days === AT_ONCE) window.location.hash = "#/secrets";
      else onClose();
    },
  });
  const options = [
    ...WINDOWS_DAYS.map((count) => ({ value: String(count), label: texts.days(count) })),
    { value: AT_ONCE, label: texts.forGood },
  ];
  return (
    <ConfirmByName
      title={texts.deleteTitle(secret.Name)}
      name={secret.Name}
      action={texts.delete}
      isActing={remove.isPending}
      error={remove.error?.message}
      onCancel={onClose}
      onConfirm={() =>
        remove.mutate({
          SecretId: secret.ARN,
          ...(days === AT_ONCE
            ? { ForceDeleteWithoutRecovery: true }
            : { RecoveryWindowInDays: Number(days) }),
        })
      }
    >
      <SpaceBetween size="s">
        <span>
          {texts.deleteText}{" "}
          {uses.length > 0
            ? texts.deleteUsed(uses.map(({ service }) => service.ServiceName).join(", "))
            : null}
        </span>
        <FormField label={texts.deleteWindow}>
          <Select
            selectedOption={options.find(({ value }) => value === days) ?? null}
            options={options}
            onChange={({ detail }) => setDays(detail.selectedOption.value ?? days)}
          />
        </FormField>
      </SpaceBetween>
    </ConfirmByName>
  );
}
