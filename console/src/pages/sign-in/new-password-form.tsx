/** The present password, and a new one twice. Changing it ends all sessions of the user; this browser gets a new one. */
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type SubmitEvent, useState } from "react";
import { changePassword, type Session } from "../../api/session.ts";
import { signInTexts } from "../../texts.ts";
import { Refused } from "./refused.tsx";

interface NewPasswordFormProps {
  readonly session: Session;
  readonly onChanged: (session: Session) => void;
}

const SHORTEST = 12;

export function NewPasswordForm({ session, onChanged }: NewPasswordFormProps) {
  const [before, setBefore] = useState("");
  const [after, setAfter] = useState("");
  const [again, setAgain] = useState("");
  const [problem, setProblem] = useState("");
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const problems = problemsOf({ before, after, again });
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.values(problems).some(Boolean) || isBusy) return;
    setBusy(true);
    setProblem("");
    try {
      const changed = await changePassword(session, before, after);
      for (const clear of [setBefore, setAfter, setAgain]) clear("");
      setTried(false);
      onChanged(changed);
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  const shown = (text: string | null) => (isTried ? text : null);
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <SpaceBetween size="m">
        {problem === "" ? null : <Refused text={problem} />}
        {/* For password managers, which look for whom the password is. */}
        <input
          className="heard-only"
          autoComplete="username"
          value={session.name}
          readOnly
          aria-hidden
          tabIndex={-1}
        />
        <FormField label={signInTexts.present} errorText={shown(problems.before)} stretch>
          <Input
            type="password"
            autoComplete="current-password"
            value={before}
            onChange={({ detail }) => setBefore(detail.value)}
          />
        </FormField>
        <FormField
          label={signInTexts.next}
          constraintText={signInTexts.nextHint}
          errorText={shown(problems.after)}
          stretch
        >
          <Input
            type="password"
            autoComplete="new-password"
            value={after}
            onChange={({ detail }) => setAfter(detail.value)}
          />
        </FormField>
        <FormField label={signInTexts.repeat} errorText={shown(problems.again)} stretch>
          <Input
            type="password"
            autoComplete="new-password"
            value={again}
            onChange={({ detail }) => setAgain(detail.value)}
          />
        </FormField>
        <Button variant="primary" formAction="submit" loading={isBusy}>
          {signInTexts.change}
        </Button>
      </SpaceBetween>
    </form>
  );
}

function problemsOf({ before, after, again }: Record<"before" | "after" | "again", string>) {
  return {
    before: before === "" ? signInTexts.required : null,
    after: after.length < SHORTEST ? signInTexts.tooShort : null,
    again: again === after ? null : signInTexts.differs,
  };
}
