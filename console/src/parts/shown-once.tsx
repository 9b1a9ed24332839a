/** What is told this once: when it closes nobody sees it again. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal, { type ModalProps } from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { shared } from "../texts.ts";

export interface ShownOnceProps {
  readonly title: string;
  /** False: there is nothing to keep. */
  readonly isSecret?: boolean;
  readonly size?: ModalProps.Size;
  /** Another button before the one that closes it. */
  readonly secondary?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function ShownOnce({ isSecret = true, size = "medium", ...props }: ShownOnceProps) {
  return (
    <Modal
      visible
      size={size}
      header={props.title}
      // A click beside it would lose what nobody can show again.
      onDismiss={({ detail }) => (isSecret && detail.reason === "overlay" ? undefined : props.onClose())}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            {props.secondary}
            <Button variant="primary" onClick={props.onClose}>
              {isSecret ? shared.kept : shared.done}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {isSecret ? <Alert type="warning">{shared.shownOnce}</Alert> : null}
        {props.children}
      </SpaceBetween>
    </Modal>
  );
}
