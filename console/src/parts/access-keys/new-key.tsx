/** A new access key, with lines that use it. */
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { CodeView } from "../code-view.tsx";
import { CopyText } from "../copy-text.tsx";
import { accessKeys as texts, account } from "../../texts.ts";
import { usePlace } from "./place.ts";
import { awsCliLines, type Key, slipwayLines } from "./program-lines.ts";

const { programs } = account;

export function NewKey({ id, secret }: Key) {
  const place = usePlace();
  const lines = [
    ["aws", awsCliLines(place, { id, secret })],
    ["slipway", slipwayLines(place, { id, secret })],
  ] as const;
  return (
    <SpaceBetween size="l">
      <KeyValuePairs
        columns={1}
        items={[
          { label: texts.id, value: <CopyText text={id} label={texts.id} /> },
          { label: texts.secret, value: <CopyText text={secret} label={texts.secret} /> },
        ]}
      />
      <Tabs
        ariaLabel={texts.lines}
        tabs={lines.map(([program, text]) => ({
          id: program,
          label: programs[program],
          content: <CodeView text={text} label={programs[program]} />,
        }))}
      />
    </SpaceBetween>
  );
}
