/** All of one call. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { CopyText } from "../../parts/copy-text.tsx";
import { formatJson, JsonEditor } from "../../parts/json-editor.tsx";
import { exactMoment } from "../../parts/moment.tsx";
import { auditTexts as texts } from "../../texts.ts";
import { testerHref } from "../identity/addresses.ts";
import { type AuditEvent, type AuditRecord, readRecord, refusedQuestion } from "./audit-record.ts";

export interface AuditDetailProps {
  readonly event: AuditEvent;
  readonly onClose: () => void;
}

export function AuditDetail({ event, onClose }: AuditDetailProps) {
  const record = readRecord(event);
  const question = refusedQuestion(record);
  return (
    <Modal visible size="large" header={event.EventName} closeAriaLabel={texts.close} onDismiss={onClose}>
      <SpaceBetween size="l">
        {record.error === null ? null : (
          <Alert
            type="error"
            header={record.error.code}
            action={
              question && <Button href={testerHref(question.principal, question)}>{texts.whyRefused}</Button>
            }
          >
            {record.error.message}
          </Alert>
        )}
        <KeyValuePairs columns={2} items={factsOf(record)} />
        {record.changedMembers.length === 0 ? null : (
          <div>
            <Box variant="awsui-key-label">{texts.changedMembers}</Box>
            {record.changedMembers.map((member) => (
              <Box key={member} variant="code" display="block">
                <span className="breaks">{member}</span>
              </Box>
            ))}
          </div>
        )}
        <Part title={texts.request} value={record.parameters} isOpen />
        <Part title={texts.answer} value={record.answer} />
        <ExpandableSection headerText={texts.record}>
          <JsonEditor label={texts.record} value={formatJson(event.CloudTrailEvent)} />
        </ExpandableSection>
      </SpaceBetween>
    </Modal>
  );
}

interface PartProps {
  readonly title: string;
  readonly value: unknown;
  readonly isOpen?: boolean;
}

function Part({ title, value, isOpen = false }: PartProps) {
  if (value === null) return null;
  return (
    <ExpandableSection headerText={title} defaultExpanded={isOpen}>
      <JsonEditor label={title} value={JSON.stringify(value, null, 2)} />
    </ExpandableSection>
  );
}

function factsOf({ event, principalArn, address, client, sequence, durationMs }: AuditRecord) {
  return [
    { label: texts.time, value: exactMoment(event.EventTime) },
    { label: texts.source, value: event.EventSource },
    { label: texts.principal, value: principalArn ?? texts.unknown },
    { label: texts.key, value: event.AccessKeyId ?? "–" },
    { label: texts.address, value: address === "" ? "–" : address },
    { label: texts.agent, value: client === "" ? "–" : client },
    {
      label: texts.resources,
      value: event.Resources.map(({ ResourceName }) => ResourceName).join(", ") || "–",
    },
    { label: texts.took, value: durationMs === null ? "–" : texts.milliseconds(durationMs) },
    { label: texts.sequence, value: sequence ?? "–" },
    { label: texts.eventId, value: <CopyText text={event.EventId} label={texts.eventId} /> },
  ];
}
