/** One event with everything that it tells. */
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Output } from "../../api/wire.ts";
import { CodeView } from "../../parts/code-view.tsx";
import { CopyText } from "../../parts/copy-text.tsx";
import { formatJson } from "../../parts/json-editor.tsx";
import { exactMoment } from "../../parts/moment.tsx";
import { eventTexts } from "../../texts.ts";
import { Severity } from "./severity.tsx";

interface EventDialogProps {
  readonly event: Output<"Slipway.ListEvents">["Events"][number];
  readonly onClose: () => void;
}

export function EventDialog({ event, onClose }: EventDialogProps) {
  return (
    <Modal visible size="large" header={event.Message} onDismiss={onClose}>
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={2}
          items={[
            { label: eventTexts.time, value: exactMoment(event.Time) },
            { label: eventTexts.severity, value: <Severity severity={event.Severity} /> },
            { label: eventTexts.kind, value: event.DetailType },
            { label: eventTexts.service, value: event.ServiceName ?? "–" },
            { label: eventTexts.id, value: <CopyText text={event.Id} label={eventTexts.id} /> },
            { label: eventTexts.resources, value: event.Resources.join(", ") || "–" },
          ]}
        />
        <CodeView text={formatJson(event.Detail)} label={eventTexts.detail} />
      </SpaceBetween>
    </Modal>
  );
}
