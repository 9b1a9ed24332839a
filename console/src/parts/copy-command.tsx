/** A line for a terminal, with a button that copies it. */
import Box from "@cloudscape-design/components/box";
import { dialogs } from "../texts.ts";
import { CopyText } from "./copy-text.tsx";

export interface CopyCommandProps {
  readonly text: string;
  /** What it is, for the button; `command` unless given. */
  readonly label?: string;
}

export function CopyCommand({ text, label = dialogs.command }: CopyCommandProps) {
  return (
    <span style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
      <Box variant="code">{text}</Box> <CopyText text={text} label={label} isIcon />
    </span>
  );
}
