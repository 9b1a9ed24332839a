/** Asks before something is taken away that can be made again. For what cannot, ask for its name (`confirm-by-name.tsx`). */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { dialogs } from "../texts.ts";

export interface DeleteDialogProps {
  readonly title: string;
  /** What goes, and what follows from it. */
  readonly children: ReactNode;
  readonly act?: string;
  /** False: it would surely be refused; the text says why. */
  readonly canDelete?: boolean;
  readonly onDelete: () => void;
  readonly onClose: () => void;
  readonly isBusy: boolean;
  readonly problem?: string | undefined;
}

export function DeleteDialog(props: DeleteDialogProps) {
  return (
    <Modal
      visible
      header={props.title}
      onDismiss={props.onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={props.onClose}>
              {dialogs.cancel}
            </Button>
            <Button
              variant="primary"
              loading={props.isBusy}
              disabled={props.canDelete === false}
              onClick={props.onDelete}
            >
              {props.act ?? dialogs.delete}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {props.problem === undefined ? null : (
          <Alert type="error" header={dialogs.refused}>
            {props.problem}
          </Alert>
        )}
        <Box variant="div">{props.children}</Box>
      </SpaceBetween>
    </Modal>
  );
}
