/** Asks before something that cannot be undone; yes is said by typing the name of what is lost. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, type SyntheticEvent, useState } from "react";
import { shared } from "../texts.ts";

export interface ConfirmByNameProps {
  readonly title: string;
  /** What is to be typed. */
  readonly name: string;
  /** What happens then. */
  readonly children: ReactNode;
  /** On the button: "Delete". */
  readonly action: string;
  readonly isActing?: boolean;
  /** What the API refused it with. */
  readonly error?: string | undefined;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

/** Shown as long as it is rendered. */
export function ConfirmByName(props: ConfirmByNameProps) {
  const { title, name, children, action, isActing = false, error, onConfirm, onCancel } = props;
  const [typed, setTyped] = useState("");
  const isConfirmed = typed === name;
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
          <Alert type="warning">{children}</Alert>
          <FormField label={shared.confirmByName(name)} errorText={error}>
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
