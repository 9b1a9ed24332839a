/** Who may call a service, and what it may call. */
import Alert from "@cloudscape-design/components/alert";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useReadAll } from "../../api/queries.ts";
import { fields } from "../../texts.ts";
import { Choice, type SectionProps, SelectField } from "./field.tsx";

const incoming = fields.isPublic;
const outgoing = fields.vpcConnectorArn;

export function NetworkFields(props: SectionProps) {
  const { draft, onChange } = props;
  const [isChoosing, setChoosing] = useState(false);
  const hasConnector = isChoosing || draft.vpcConnectorArn !== "";
  return (
    <SpaceBetween size="l">
      <Choice
        label={incoming.label}
        value={draft.isPublic ? "public" : "private"}
        choices={[
          ["public", incoming.public, incoming.publicHelp],
          ["private", incoming.private, incoming.privateHelp],
        ]}
        onChoose={(value) => onChange({ isPublic: value === "public" })}
      />
      <Choice
        label={outgoing.label}
        value={hasConnector ? "chosen" : "none"}
        choices={[
          ["none", outgoing.none, outgoing.noneHelp],
          ["chosen", outgoing.chosen, outgoing.chosenHelp],
        ]}
        onChoose={(value) => {
          setChoosing(value === "chosen");
          if (value === "none") onChange({ vpcConnectorArn: "" });
        }}
      />
      {hasConnector ? <Connector {...props} /> : null}
    </SpaceBetween>
  );
}

function Connector(props: SectionProps) {
  const { data, isPending } = useReadAll("AppRunner.ListVpcConnectors", {}, "VpcConnectors", {
    topics: ["resources"],
  });
  if (data?.length === 0) {
    return (
      <Alert type="info">
        <Link href="#/networking">{outgoing.noConnectors}</Link>
      </Alert>
    );
  }
  return (
    <SelectField
      {...props}
      field="vpcConnectorArn"
      texts={{ label: outgoing.connector }}
      isLoading={isPending}
      options={(data ?? []).map((one) => ({
        value: one.VpcConnectorArn ?? "",
        label: fields.scaling.revision(one.VpcConnectorName ?? "", one.VpcConnectorRevision ?? 1),
        description: one.Subnets?.join(", "),
      }))}
    />
  );
}
