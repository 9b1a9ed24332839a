/** Asks whether somebody is still there, or says that the session ends whatever one does. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { shell } from "../texts.ts";

interface WarningProps {
  readonly leftMs: number;
  readonly isFinal: boolean;
  readonly onStay: () => void;
  readonly onDismiss: () => void;
  readonly onLeave: () => void;
}

export default function SessionWarning({ leftMs, isFinal, onStay, onDismiss, onLeave }: WarningProps) {
  const { timeout } = shell;
  return (
    <Modal
      visible
      header={isFinal ? timeout.finalTitle : timeout.title}
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onLeave}>
              {shell.signOut}
            </Button>
            <Button variant="primary" onClick={isFinal ? onDismiss : onStay}>
              {isFinal ? timeout.goOn : timeout.stay}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {isFinal ? timeout.final(clock(leftMs)) : timeout.idle(clock(leftMs))}
    </Modal>
  );
}

/** `1:05` */
function clock(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
