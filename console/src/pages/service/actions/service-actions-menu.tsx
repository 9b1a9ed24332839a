/** The menu of what can be done with a service; what cannot says why not. */
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useWhyNot } from "../../../parts/permitted-button.tsx";
import { service as texts } from "../../../texts.ts";
import {
  type ActionSubject,
  neededFor,
  type ServiceAction,
  serviceActions,
  type ServiceActionId,
} from "./service-action.ts";
import type { ServiceActions } from "./use-service-actions.tsx";

export interface ServiceActionsMenuProps {
  /** Undefined: none is selected. */
  readonly subject: ActionSubject | undefined;
  readonly start: ServiceActions["start"];
}

export function ServiceActionsMenu({ subject, start }: ServiceActionsMenuProps) {
  const items = subject === undefined ? [] : serviceActions(subject);
  const whyNot = useWhyNot(NEEDED, subject?.ServiceArn);
  return (
    <ButtonDropdown
      disabled={subject === undefined}
      items={items.map((item) => Object.assign(toItem(item), whyNot(neededFor[item.id])))}
      onItemClick={({ detail }) => {
        if (subject !== undefined) start(detail.id as ServiceActionId, subject);
      }}
    >
      {texts.actions.menu}
    </ButtonDropdown>
  );
}

const NEEDED = Object.values(neededFor);

function toItem({ id, text, reason }: ServiceAction) {
  return reason === null ? { id, text } : { id, text, disabled: true, disabledReason: reason };
}
