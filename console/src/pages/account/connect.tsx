import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useSession } from "../../app/session-context.tsx";
import { CodeView } from "../../parts/code-view.tsx";
import { CopyText } from "../../parts/copy-text.tsx";
import { FACT_MIN_PX } from "../../parts/fact-width.ts";
import { account } from "../../texts.ts";
import {
  awsCliLines,
  javascriptLines,
  NO_KEY,
  pythonLines,
  slipwayLines,
  terraformLines,
} from "../../parts/access-keys/program-lines.ts";
import { usePlace } from "../../parts/access-keys/place.ts";

const { programs } = account;

export function Connect() {
  const { session } = useSession();
  const place = usePlace();
  const texts = [
    ["aws", awsCliLines(place, NO_KEY)],
    ["slipway", slipwayLines(place, NO_KEY)],
    ["python", pythonLines(place)],
    ["javascript", javascriptLines(place)],
    ["terraform", terraformLines(place)],
  ] as const;
  return (
    <Container
      header={
        <Header variant="h2" description={account.connectHint}>
          {account.connect}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={3}
          minColumnWidth={FACT_MIN_PX}
          items={[
            { label: account.endpoint, value: <CopyText text={place.endpoint} label={account.endpoint} /> },
            { label: account.region, value: place.region },
            { label: account.accountId, value: session.arn.split(":")[4] ?? "" },
          ]}
        />
        <Tabs
          ariaLabel={account.connect}
          tabs={texts.map(([id, text]) => ({
            id,
            label: programs[id],
            content: <CodeView text={text} label={programs[id]} />,
          }))}
        />
      </SpaceBetween>
    </Container>
  );
}
