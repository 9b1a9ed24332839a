import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import type { Session } from "../../api/session.ts";
import { useNotify } from "../../app/notifications.tsx";
import { useSession } from "../../app/session-context.tsx";
import { account } from "../../texts.ts";
import { NewPasswordForm } from "../sign-in/new-password-form.tsx";

export function OwnPassword() {
  const { session, setSession } = useSession();
  const notify = useNotify();
  const changed = (next: Session) => {
    setSession(next);
    notify({ type: "success", text: account.changed });
  };
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" description={session.kind === "user" ? account.passwordHint : undefined}>
          {account.password}
        </Header>
      }
    >
      {session.kind === "user" ? (
        <NewPasswordForm session={session} onChanged={changed} />
      ) : (
        <Box color="text-body-secondary">{account.passwordOf}</Box>
      )}
    </Container>
  );
}
