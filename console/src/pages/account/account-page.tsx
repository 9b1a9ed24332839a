/** Who one is here, how one signs in, and how one's programs do. */
import ColumnLayout from "@cloudscape-design/components/column-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Page } from "../../app/page.tsx";
import { useSession } from "../../app/session-context.tsx";
import { AccessKeys } from "../../parts/access-keys/access-keys.tsx";
import { account } from "../../texts.ts";
import { Appearance } from "./appearance.tsx";
import { Connect } from "./connect.tsx";
import { OwnPassword } from "./own-password.tsx";
import { Sessions } from "./sessions.tsx";
import { WhoIAm } from "./who-i-am.tsx";

export default function AccountPage() {
  const { session } = useSession();
  return (
    <Page title={account.title} description={account.description}>
      <SpaceBetween size="l">
        <WhoIAm session={session} />
        {session.kind === "role" ? null : <AccessKeys arn={session.arn} />}
        <Connect />
        <Sessions />
        <ColumnLayout columns={2}>
          <OwnPassword />
          <Appearance />
        </ColumnLayout>
      </SpaceBetween>
    </Page>
  );
}
