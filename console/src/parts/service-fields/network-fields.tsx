/** Who may call a service, and what it may call. */
import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useReadAll } from "../../api/queries.ts";
import { fields } from "../../texts.ts";
import { Choice, type SectionProps, SelectField } from "./field.tsx";
import { MakeElsewhere } from "./make-elsewhere.tsx";
import { useNewlyMade } from "./newly-made.ts";

const incoming = fields.isPublic;
const outgoing = fields.vpcConnectorArn;

export function NetworkFields(props: SectionProps) {
  const { draft, onChange } = props;
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
      {draft.isPublic ? null : <Alert type="info">{incoming.privateNext}</Alert>}
      <Outgoing {...props} />
    </SpaceBetween>
  );
}

/** Who wants a connector has one from then on: the first, until another is chosen. */
function Outgoing(props: SectionProps) {
  const { draft, onChange } = props;
  const connectors = useReadAll("AppRunner.ListVpcConnectors", {}, "VpcConnectors", {
    topics: ["resources"],
  });
  const first = connectors.data?.[0]?.VpcConnectorArn ?? "";
  const hasConnector = draft.vpcConnectorArn !== "";
  const onOpen = useNewlyMade(
    connectors.data?.map(({ VpcConnectorArn = "" }) => VpcConnectorArn),
    draft.vpcConnectorArn,
    (vpcConnectorArn) => onChange({ vpcConnectorArn }),
  );
  const make = (
    <MakeElsewhere page="/networking" list="vpc-connectors" text={outgoing.make} onOpen={onOpen} />
  );
  return (
    <SpaceBetween size="l">
      <Choice
        label={outgoing.label}
        value={hasConnector ? "chosen" : "none"}
        choices={[
          ["none", outgoing.none, outgoing.noneHelp],
          ["chosen", outgoing.chosen, outgoing.chosenHelp],
        ]}
        unavailable={first === "" && !hasConnector ? ["chosen"] : []}
        onChoose={(value) => onChange({ vpcConnectorArn: value === "chosen" ? first : "" })}
      />
      {connectors.error === null ? null : <Alert type="warning">{connectors.error.message}</Alert>}
      {connectors.data?.length === 0 ? (
        <Alert type="info" action={make}>
          {outgoing.noConnectors}
        </Alert>
      ) : null}
      {hasConnector ? (
        <SelectField
          {...props}
          field="vpcConnectorArn"
          texts={{ label: outgoing.connector }}
          isLoading={connectors.isPending}
          unread={connectors.error?.message}
          secondary={make}
          options={(connectors.data ?? []).map((one) => ({
            value: one.VpcConnectorArn ?? "",
            label: fields.scaling.revision(one.VpcConnectorName ?? "", one.VpcConnectorRevision ?? 1),
            description: one.Subnets?.join(", "),
          }))}
        />
      ) : null}
    </SpaceBetween>
  );
}
