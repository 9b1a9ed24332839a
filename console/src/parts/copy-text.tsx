/** A text with a button that copies it, or the button alone. */
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import { shared } from "../texts.ts";

export interface CopyTextProps {
  readonly text: string;
  /** What it is, for the button: "ARN", "URL". */
  readonly label: string;
  /** Only the icon, beside a text that is already there. */
  readonly isIcon?: boolean;
}

export function CopyText({ text, label, isIcon = false }: CopyTextProps) {
  return (
    <CopyToClipboard
      variant={isIcon ? "icon" : "inline"}
      textToCopy={text}
      copyButtonAriaLabel={`${shared.copy} ${label}`}
      copySuccessText={shared.copied}
      copyErrorText={shared.copyFailed}
    />
  );
}
