/** The end of a key, after a time to change one's mind; says first what nobody will ever read again. */
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { ConfirmByName } from "../../parts/confirm-by-name.tsx";
import { keyTexts as texts } from "../../texts.ts";
import { type EncryptionKey, keyName, serviceNames } from "./key-names.ts";

interface Props {
  readonly encryptionKey: EncryptionKey;
  readonly onClose: () => void;
}

const WINDOWS_DAYS = [7, 14, 30];

export function ScheduleDeletion({ encryptionKey, onClose }: Props) {
  const notify = useNotify();
  const [days, setDays] = useState(30);
  const name = keyName(encryptionKey);
  const services = serviceNames(encryptionKey);
  const schedule = useAct("TrentService.ScheduleKeyDeletion", {
    onDone: () => {
      notify({ type: "warning", text: texts.scheduled(name) });
      onClose();
    },
  });
  const options = WINDOWS_DAYS.map((count) => ({ value: String(count), label: texts.days(count) }));
  return (
    <ConfirmByName
      title={texts.deleteTitle(name)}
      name={name}
      action={texts.delete}
      isActing={schedule.isPending}
      error={schedule.error?.message}
      onConfirm={() => schedule.mutate({ KeyId: encryptionKey.KeyId, PendingWindowInDays: days })}
      onCancel={onClose}
    >
      <SpaceBetween size="s">
        <span>
          {texts.deleteNow} {texts.deleteText}{" "}
          {services === "" ? texts.deleteNobody : texts.deleteServices(services)}
        </span>
        <FormField label={texts.window}>
          <Select
            options={options}
            selectedOption={options.find(({ value }) => value === String(days)) ?? null}
            onChange={({ detail }) => setDays(Number(detail.selectedOption.value))}
          />
        </FormField>
      </SpaceBetween>
    </ConfirmByName>
  );
}
