/** Asks before something that cannot be undone; yes is said by typing the name of what is lost. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, type SyntheticEvent, useState } from "react";
import { dialogs, shared } from "../texts.ts";

export interface ConfirmByNameProps {
  readonly title: string;
  /** What is to be typed. */
  readonly name: string;
  /** What happens then. */
  readonly children: ReactNode;
  /** What is to be done before, below what happens. */
  readonly before?: ReactNode;
  /** On the button: "Delete". */
  readonly action: string;
  readonly isActing?: boolean;
  /** Something has to go first. */
  readonly isBlocked?: boolean;
  /** What the API refused it with. */
  readonly error?: string | undefined;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

/** Shown as long as it is rendered. */
export function ConfirmByName(props: ConfirmByNameProps) {
  const { title, name, children, action, isActing = false, isBlocked = false, error } = props;
  const { onConfirm, onCancel } = props;
  const [typed, setTyped] = useState("");
  const isConfirmed = typed === name && !isBlocked;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (isConfirmed && !isActing) onConfirm();
  };
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel={shared.close}
      onDismiss={onCancel}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onCancel}>
              {shared.cancel}
            </Button>
            <Button variant="primary" disabled={!isConfirmed} loading={isActing} onClick={onConfirm}>
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form onSubmit={submit}>
        <SpaceBetween size="m">
          {error === undefined ? null : (
            <Alert type="error" header={dialogs.refused}>
              {error}
            </Alert>
          )}
          <Alert type="warning">{children}</Alert>
          {props.before}
          <FormField label={shared.confirmByName(name)}>
            <Input
              value={typed}
              autoComplete={false}
              spellcheck={false}
              placeholder={name}
              onChange={({ detail }) => setTyped(detail.value)}
            />
          </FormField>
        </SpaceBetween>
      </form>
    </Modal>
  );
}
