import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { providerUrl, type Session, signIn } from "../../api/session.ts";
import { keepWanted } from "../../app/wanted-page.ts";
import { signInTexts } from "../../texts.ts";
import { Refused } from "./refused.tsx";

interface PasswordFormProps {
  readonly hasProvider: boolean;
  readonly onSession: (session: Session) => void;
}

export function PasswordForm({ hasProvider, onSession }: PasswordFormProps) {
  const [userName, setUserName] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const userNameInput = useRef<InputProps.Ref>(null);
  // There is nothing else to do on this page.
  useEffect(() => userNameInput.current?.focus(), []);
  const passwordInput = useRef<InputProps.Ref>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (userName === "" || password === "" || isBusy) return;
    setBusy(true);
    setProblem("");
    try {
      onSession(await signIn({ userName, password }));
    } catch (error) {
      setProblem((error as Error).message);
      setPassword("");
      setTried(false);
      passwordInput.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  const missing = (value: string) => (isTried && value === "" ? signInTexts.required : undefined);
  return (
    <SpaceBetween size="l">
      {problem === "" ? null : <Refused text={problem} />}
      <form onSubmit={(event) => void submit(event)} noValidate>
        <SpaceBetween size="m">
          <FormField label={signInTexts.userName} errorText={missing(userName)} stretch>
            <Input
              ref={userNameInput}
              value={userName}
              onChange={({ detail }) => setUserName(detail.value)}
              name="userName"
              autoComplete="username"
              spellcheck={false}
            />
          </FormField>
          <FormField label={signInTexts.password} errorText={missing(password)} stretch>
            <Input
              ref={passwordInput}
              type="password"
              value={password}
              onChange={({ detail }) => setPassword(detail.value)}
              name="password"
              autoComplete="current-password"
            />
          </FormField>
          <Button variant="primary" formAction="submit" loading={isBusy} fullWidth>
            {signInTexts.signIn}
          </Button>
        </SpaceBetween>
      </form>
      {hasProvider ? (
        <>
          <div className="sign-in-or">{signInTexts.or}</div>
          <Button href={providerUrl.href} onClick={keepWanted} fullWidth>
            {signInTexts.withProvider}
          </Button>
        </>
      ) : null}
      <Box color="text-body-secondary" fontSize="body-s">
        {signInTexts.noPassword} <Box variant="code">{signInTexts.linkCommand}</Box> {signInTexts.linkHint}
      </Box>
    </SpaceBetween>
  );
}
