/** The machines that instances run on: what each has, how much of it is taken and promised, and what runs there. */
import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRead } from "../../api/queries.ts";
import { Page } from "../../app/page.tsx";
import { Reading } from "../../parts/reading.tsx";
import { nodes as texts } from "../../texts.ts";
import { NodeInstances } from "./node-instances.tsx";
import { NodePanel } from "./node-panel.tsx";

const REREAD_MS = 5_000;

export default function NodesPage() {
  const answer = useRead("Slipway.ListNodes", {}, { everyMs: REREAD_MS });
  return (
    <Page title={texts.title} description={texts.description}>
      <SpaceBetween size="l">
        <Reading answer={answer} failed={texts.unread}>
          {({ Nodes: found }) => (
            <SpaceBetween size="l">
              {found.map((node) => (
                <NodePanel key={node.Machine.Name} node={node} />
              ))}
            </SpaceBetween>
          )}
        </Reading>
        <NodeInstances
          list={{ ...answer, data: answer.data?.Nodes.flatMap(({ Instances: some }) => some) }}
        />
        <Alert type="info" header={texts.single}>
          {texts.singleWhat}
        </Alert>
      </SpaceBetween>
    </Page>
  );
}
