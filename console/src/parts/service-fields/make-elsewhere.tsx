/**
 * Leads to the page where a thing is made that a form could name. In another tab, as App Runner's console does: what was typed
 * stays where it is, and what was made is there to choose as soon as it is made.
 */
import Button from "@cloudscape-design/components/button";
import { fields } from "../../texts.ts";

interface MakeElsewhereProps {
  /** `/networking` */
  readonly page: string;
  readonly text: string;
}

export function MakeElsewhere({ page, text }: MakeElsewhereProps) {
  return (
    <Button
      href={`#${page}`}
      target="_blank"
      iconName="external"
      iconAlign="right"
      ariaLabel={fields.inNewTab(text)}
    >
      {text}
    </Button>
  );
}
