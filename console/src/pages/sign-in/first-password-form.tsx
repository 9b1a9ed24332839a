/** A password that somebody else set is changed before anything else. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { type Session, signOut } from "../../api/session.ts";
import { signInTexts } from "../../texts.ts";
import { NewPasswordForm } from "./new-password-form.tsx";
import { Refused } from "./refused.tsx";

interface FirstPasswordFormProps {
  readonly session: Session;
  readonly onSession: (session: Session | null) => void;
}

export function FirstPasswordForm({ session, onSession }: FirstPasswordFormProps) {
  const [problem, setProblem] = useState("");
  const leave = () =>
    signOut().then(
      () => onSession(null),
      (error: Error) => setProblem(error.message),
    );
  return (
    <SpaceBetween size="l">
      <Box>{signInTexts.changeWhy}</Box>
      {problem === "" ? null : <Refused text={problem} />}
      <NewPasswordForm session={session} onChanged={onSession} />
      <Button variant="link" onClick={() => void leave()} fullWidth>
        {signInTexts.signOut}
      </Button>
    </SpaceBetween>
  );
}
