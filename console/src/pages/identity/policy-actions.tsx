/** What a policy speaks of, in words: every action that its patterns cover, asked for when somebody wants to see it. */
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { useMemo, useState } from "react";
import { useRead } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { identityTexts, testerTexts } from "../../texts.ts";
import { spokenAction } from "./marked-policy.ts";

type Row = Output<"Slipway.ListActions">["Actions"][number] & { readonly effect: string };

const texts = identityTexts.policyActions;

export function PolicyActions({ policy }: { readonly policy: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <ExpandableSection
      headerText={texts.title}
      variant="footer"
      expanded={isOpen}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      {isOpen ? <ActionTable policy={policy} /> : null}
    </ExpandableSection>
  );
}

function ActionTable({ policy }: { readonly policy: string }) {
  const list = useRead("Slipway.ListActions", {});
  const rows = useMemo(() => {
    return list.data?.Actions.flatMap((one): readonly Row[] => {
      const spoken = spokenAction(policy, one.Action);
      return spoken === null ? [] : [{ ...one, effect: texts.effect(spoken) }];
    });
  }, [list.data, policy]);
  return (
    <ResourceTable<Row>
      id="policy-actions"
      title={texts.actions}
      list={{ ...list, data: rows }}
      keyOf={({ Action }) => Action}
      variant="embedded"
      headingLevel="h3"
      empty={texts.none}
      columns={[
        { id: "action", header: identityTexts.action, text: ({ Action }) => Action },
        { id: "what", header: texts.what, text: ({ Description }) => Description },
        {
          id: "kind",
          header: texts.kind,
          text: ({ IsReadOnly }) => (IsReadOnly ? testerTexts.reads : testerTexts.changes),
        },
        { id: "effect", header: texts.effectHeader, text: ({ effect }) => effect },
      ]}
    />
  );
}
