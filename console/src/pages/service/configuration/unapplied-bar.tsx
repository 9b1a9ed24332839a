/**
 * What was edited and is not applied yet, with the way on: it stays at the lower edge of the view, for "Done" of a section is not
 * the end. It is told to who hears the page, too.
 */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { PermittedButton } from "../../../parts/permitted-button.tsx";
import { configuration as texts } from "../../../texts.ts";
import type { DiffRow } from "./draft-diff.ts";
import "./unapplied-bar.css";

export interface UnappliedBarProps {
  readonly serviceArn: string;
  readonly rows: readonly DiffRow[];
  /** False: something is missing or surely wrong. */
  readonly canReview: boolean;
  readonly onReview: () => void;
  readonly onDiscard: () => void;
}

export function UnappliedBar({ serviceArn, rows, canReview, onReview, onDiscard }: UnappliedBarProps) {
  const said = rows.length === 0 ? "" : texts.notApplied(rows.length);
  return (
    <>
      <output className="heard-only">{said}</output>
      {rows.length === 0 ? null : (
        <section className="unapplied" aria-label={texts.unapplied}>
          <Alert
            type="warning"
            header={said}
            action={
              <SpaceBetween direction="horizontal" size="xs">
                <Button onClick={onDiscard}>{texts.discard}</Button>
                <PermittedButton
                  needs="apprunner:UpdateService"
                  of={serviceArn}
                  variant="primary"
                  disabled={!canReview}
                  onClick={onReview}
                >
                  {texts.review}
                </PermittedButton>
              </SpaceBetween>
            }
          >
            <div className="unapplied-names">{rows.map(({ label }) => label).join(", ")}</div>
          </Alert>
        </section>
      )}
    </>
  );
}
