/**
 * A form over the page. It is mounted while it is open, so that it begins empty each time. What the API refuses is shown at
 * the field it names (`readRefusal`), and `problem`, what belongs to none, above the fields.
 */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import Modal, { type ModalProps } from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, type SubmitEvent, useId } from "react";
import { dialogs } from "../texts.ts";

export interface FormDialogProps {
  readonly title: string;
  /** Of the button that does it, for example `Import`. */
  readonly act: string;
  readonly onAct: () => void;
  readonly onClose: () => void;
  readonly isBusy: boolean;
  /** False: something is missing or surely wrong. */
  readonly canAct?: boolean;
  readonly problem?: string;
  readonly size?: ModalProps["size"];
  /** More buttons before the others. */
  readonly secondary?: ReactNode;
  readonly children: ReactNode;
}

export function FormDialog({ canAct = true, problem = "", size = "medium", ...props }: FormDialogProps) {
  const id = useId();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (canAct && !props.isBusy) props.onAct();
  };
  return (
    <Modal
      visible
      header={props.title}
      size={size}
      onDismiss={props.onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            {props.secondary}
            <Button variant="link" onClick={props.onClose}>
              {dialogs.cancel}
            </Button>
            <Button variant="primary" formAction="submit" form={id} loading={props.isBusy} disabled={!canAct}>
              {props.act}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form id={id} onSubmit={submit} noValidate>
        <Form>
          <SpaceBetween size="l">
            {problem === "" ? null : (
              <Alert type="error" header={dialogs.refused}>
                {problem}
              </Alert>
            )}
            {props.children}
          </SpaceBetween>
        </Form>
      </form>
    </Modal>
  );
}
