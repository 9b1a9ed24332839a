/** One section: read, or edited in place. What is edited stays on the page until it is applied or undone. */
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useEffect, useRef } from "react";
import { FACT_MIN_PX } from "../../../parts/fact-width.ts";
import type { ServiceDraft } from "../../../parts/service-fields/draft.ts";
import type { ExtensionName } from "../../../parts/service-fields/extension-specs.ts";
import type { SectionProps } from "../../../parts/service-fields/field.tsx";
import { PermittedButton } from "../../../parts/permitted-button.tsx";
import { configuration as texts, extensionFields } from "../../../texts.ts";
import { memberLabel } from "./member-texts.ts";
import { MemberValue } from "./member-value.tsx";
import { extensionsIn, type Section } from "./sections.tsx";

export interface SectionViewProps extends SectionProps {
  readonly section: Section;
  readonly isEditing: boolean;
  /** A link leads to it. */
  readonly isWanted: boolean;
  readonly changedCount: number;
  readonly onEdit: () => void;
  readonly onDone: () => void;
  readonly onUndo: () => void;
}

export function SectionView(props: SectionViewProps) {
  const { section, isEditing, changedCount, draft, onChange, problems, serviceArn } = props;
  const { Form } = section;
  const place = useSeen(props.isWanted);
  return (
    <div ref={place}>
      <Container
        header={
          <Header
            variant="h2"
            info={
              changedCount === 0 ? undefined : (
                <StatusIndicator type="warning">{texts.changed(changedCount)}</StatusIndicator>
              )
            }
            actions={<Actions {...props} />}
          >
            {section.title}
          </Header>
        }
      >
        {isEditing ? (
          <Form draft={draft} onChange={onChange} problems={problems} serviceArn={serviceArn} />
        ) : (
          <Facts section={section} draft={draft} />
        )}
      </Container>
    </div>
  );
}

/** Brought into view once, below what stands at the top. */
function useSeen(isWanted: boolean) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isWanted) place.current?.scrollIntoView({ block: "center" });
  }, [isWanted]);
  return place;
}

function Actions(props: SectionViewProps) {
  const { section, serviceArn, isEditing, changedCount, onEdit, onDone, onUndo } = props;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {changedCount === 0 ? null : (
        <Button variant="link" ariaLabel={texts.undoSection(section.title)} onClick={onUndo}>
          {texts.undo}
        </Button>
      )}
      {isEditing ? (
        <Button ariaLabel={texts.doneSection(section.title)} onClick={onDone}>
          {texts.done}
        </Button>
      ) : (
        <PermittedButton
          needs="apprunner:UpdateService"
          of={serviceArn}
          iconName="edit"
          ariaLabel={texts.editSection(section.title)}
          onClick={onEdit}
        >
          {texts.edit}
        </PermittedButton>
      )}
    </SpaceBetween>
  );
}

function Facts({ section, draft }: { readonly section: Section; readonly draft: ServiceDraft }) {
  const { More } = section;
  const members = section
    .shows(draft)
    .map((key) => ({ label: memberLabel(key), value: <MemberValue member={key} draft={draft} /> }));
  const extensions = extensionsIn(section)
    .filter((name) => draft.extensions[name] !== undefined)
    .map((name) => ({
      label: extensionFields[name].label,
      value: extensionText(name, draft.extensions[name] ?? ""),
    }));
  const items = [...members, ...extensions];
  return (
    <SpaceBetween size="m">
      {items.length === 0 ? null : <KeyValuePairs columns={4} minColumnWidth={FACT_MIN_PX} items={items} />}
      {More === undefined ? null : <More draft={draft} />}
    </SpaceBetween>
  );
}

/** Words of Slipway's as people read them, all else as it was written. */
function extensionText(name: ExtensionName, value: string): string {
  if (value === "on") return texts.on;
  if (value === "off") return texts.off;
  return extensionFields[name].choices?.[value] ?? value;
}
