/** The way to one moment of a log. */
import Button from "@cloudscape-design/components/button";
import DatePicker from "@cloudscape-design/components/date-picker";
import FormField from "@cloudscape-design/components/form-field";
import TimeInput from "@cloudscape-design/components/time-input";
import { useState } from "react";
import { FormDialog } from "../../../parts/form-dialog.tsx";
import { logs as texts } from "../../../texts.ts";

export function GoToTime({ onGo }: { readonly onGo: (atMs: number) => void }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button iconName="calendar" onClick={() => setOpen(true)}>
        {texts.goTo}
      </Button>
      {isOpen ? <GoToTimeDialog onGo={onGo} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function GoToTimeDialog({
  onGo,
  onClose,
}: {
  readonly onGo: (atMs: number) => void;
  readonly onClose: () => void;
}) {
  const [date, setDate] = useState(() => localDate(new Date()));
  const [time, setTime] = useState("");
  const atMs = Date.parse(`${date}T${time}`);
  return (
    <FormDialog
      title={texts.goTo}
      act={texts.go}
      canAct={!Number.isNaN(atMs)}
      isBusy={false}
      size="small"
      onClose={onClose}
      onAct={() => {
        onClose();
        onGo(atMs);
      }}
    >
      <FormField label={texts.goToDate}>
        <DatePicker value={date} onChange={({ detail }) => setDate(detail.value)} />
      </FormField>
      <FormField label={texts.goToTime} description={texts.goToTimeHelp}>
        <TimeInput
          value={time}
          placeholder={texts.timeFormat}
          onChange={({ detail }) => setTime(detail.value)}
        />
      </FormField>
    </FormDialog>
  );
}

function localDate(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
