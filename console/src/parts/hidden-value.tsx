/**
 * A secret that is read when somebody asks to see it, and forgotten when they hide it, leave, or a minute has passed. It is
 * kept nowhere but in what is shown.
 */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useRef, useState } from "react";
import type { Action } from "../api/wire.ts";
import { toPairs } from "./secret-text.ts";
import { secretTexts as texts } from "../texts.ts";
import { CopyText } from "./copy-text.tsx";
import { PermittedButton } from "./permitted-button.tsx";

export interface HiddenValueProps {
  /** For the button that copies it. */
  readonly label: string;
  readonly read: (signal: AbortSignal) => Promise<string>;
  readonly note?: string | undefined;
  /** To read it. */
  readonly needs: Action;
  readonly of: string | undefined;
}

const SHOWN_MS = 60_000;

export function HiddenValue({ label, read, note, needs, of }: HiddenValueProps) {
  const [value, setValue] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isReading, setReading] = useState(false);
  const leaving = useRef<AbortController | null>(null);
  useEffect(() => () => leaving.current?.abort(), []);
  useEffect(() => {
    if (value === null) return undefined;
    const timer = setTimeout(() => setValue(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [value]);
  const show = () => {
    const controller = new AbortController();
    leaving.current = controller;
    setReading(true);
    setProblem(null);
    read(controller.signal)
      .then(setValue, (error: Error) => controller.signal.aborted || setProblem(error.message))
      .finally(() => setReading(false));
  };
  return (
    <SpaceBetween size="s">
      {problem === null ? null : <Alert type="error">{problem}</Alert>}
      {value === null ? (
        <SpaceBetween size="s" direction="horizontal" alignItems="center">
          <PermittedButton needs={needs} of={of} iconName="lock-private" loading={isReading} onClick={show}>
            {texts.show}
          </PermittedButton>
          <Box color="text-body-secondary">{texts.hidden}</Box>
        </SpaceBetween>
      ) : (
        <>
          <Shown value={value} label={label} />
          <SpaceBetween size="s" direction="horizontal" alignItems="center">
            <Button onClick={() => setValue(null)}>{texts.hide}</Button>
            <CopyText text={value} label={label} isIcon />
            <Box color="text-body-secondary">{note ?? texts.hidesSoon}</Box>
          </SpaceBetween>
        </>
      )}
    </SpaceBetween>
  );
}

function Shown({ value, label }: { readonly value: string; readonly label: string }) {
  const pairs = toPairs(value);
  if (pairs === null || pairs.length === 0) {
    return (
      <Box variant="pre" data-testid="shown-value">
        {value}
      </Box>
    );
  }
  return (
    <KeyValuePairs
      columns={2}
      ariaLabel={label}
      items={pairs.map(({ key, value: one }) => ({ label: key, value: <Box variant="code">{one}</Box> }))}
    />
  );
}
