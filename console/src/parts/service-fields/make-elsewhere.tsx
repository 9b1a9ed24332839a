/**
 * Leads to the form of a thing that this form could name. In another tab, as App Runner's console does: what was typed stays
 * where it is, and what was made is chosen as soon as it is made (`newly-made.ts`).
 */
import Button from "@cloudscape-design/components/button";
import { fields } from "../../texts.ts";

interface MakeElsewhereProps {
  /** `/networking` */
  readonly page: string;
  /** The list there whose form for a new one is to be open: the id of its table. */
  readonly list: string;
  readonly text: string;
  readonly onOpen: () => void;
}

export function MakeElsewhere({ page, list, text, onOpen }: MakeElsewhereProps) {
  return (
    <Button
      href={`#${page}?create=${list}`}
      onClick={onOpen}
      target="_blank"
      iconName="external"
      iconAlign="right"
      ariaLabel={fields.inNewTab(text)}
    >
      {text}
    </Button>
  );
}
