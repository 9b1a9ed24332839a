import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import type { Session } from "../../api/session.ts";
import { CopyText } from "../../parts/copy-text.tsx";
import { FACT_MIN_PX } from "../../parts/fact-width.ts";
import { Moment } from "../../parts/moment.tsx";
import { account } from "../../texts.ts";

export function WhoIAm({ session }: { readonly session: Session }) {
  const at = (text: string) => <Moment seconds={Date.parse(text) / 1_000} />;
  return (
    <Container header={<Header variant="h2">{account.who}</Header>}>
      <KeyValuePairs
        columns={3}
        minColumnWidth={FACT_MIN_PX}
        items={[
          { label: account.name, value: session.name },
          { label: account.kind, value: account.kinds[session.kind] ?? session.kind },
          { label: account.signedInBy, value: account.methods[session.method] ?? session.method },
          { label: account.arn, value: <CopyText text={session.arn} label={account.arn} /> },
          { label: account.since, value: at(session.startedAt) },
          { label: account.until, value: at(session.endsAt) },
        ]}
      />
    </Container>
  );
}
