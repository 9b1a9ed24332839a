/** A link signs in only when its owner says so: one that somebody else sent would sign in as them. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { type Session, signIn } from "../../api/session.ts";
import { signInTexts } from "../../texts.ts";
import { Refused } from "./refused.tsx";

interface LinkFormProps {
  readonly link: string;
  /** Who is signed in already. */
  readonly present: string | null;
  readonly onDone: () => void;
  readonly onSession: (session: Session) => void;
}

export function LinkForm({ link, present, onDone, onSession }: LinkFormProps) {
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const use = async () => {
    setBusy(true);
    try {
      onSession(await signIn({ link }));
      onDone();
    } catch (error) {
      setProblem((error as Error).message);
      setBusy(false);
    }
  };
  return (
    <SpaceBetween size="l">
      {problem === "" ? null : <Refused text={problem} />}
      {problem === "" ? <Box>{signInTexts.linkWarning}</Box> : null}
      {present === null ? null : <Alert type="warning">{signInTexts.linkReplaces(present)}</Alert>}
      <SpaceBetween size="s">
        {problem === "" ? (
          <Button variant="primary" loading={isBusy} onClick={() => void use()} fullWidth>
            {signInTexts.signIn}
          </Button>
        ) : null}
        <Button onClick={onDone} fullWidth>
          {signInTexts.linkNot}
        </Button>
      </SpaceBetween>
    </SpaceBetween>
  );
}
