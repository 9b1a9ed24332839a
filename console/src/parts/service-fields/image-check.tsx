/** Whether the image is there, found out while it is typed, and which ports it says it listens on. */
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useRead } from "../../api/queries.ts";
import { imageCheck as texts } from "../../texts.ts";
import { bytesText } from "../bytes.ts";
import { useSettled } from "../use-settled.ts";
import type { SectionProps } from "./field.tsx";

export function ImageCheck({ draft, onChange, problems }: SectionProps) {
  const name = useSettled(draft.imageIdentifier);
  const isAsked = name !== "" && name === draft.imageIdentifier && !problems.has("imageIdentifier");
  const { data, error, isFetching } = useRead(
    "Slipway.InspectImage",
    { ImageIdentifier: name, ...(draft.accessRoleArn !== "" && { AccessRoleArn: draft.accessRoleArn }) },
    { isEnabled: isAsked },
  );
  if (draft.imageIdentifier === "" || problems.has("imageIdentifier")) return null;
  if (!isAsked || (isFetching && data === undefined)) {
    return <StatusIndicator type="loading">{texts.looking}</StatusIndicator>;
  }
  if (error !== null) return <StatusIndicator type="warning">{error.message}</StatusIndicator>;
  if (data === undefined) return null;
  if (data.Place === "nowhere") {
    return <StatusIndicator type="warning">{data.Problem ?? texts.nowhere}</StatusIndicator>;
  }
  const ports = data.ExposedPorts.map(String);
  const [first] = ports;
  return (
    <SpaceBetween size="xs" direction="horizontal" alignItems="center">
      <StatusIndicator type="success">
        {texts.found(data.Place, [data.Architecture, sizeText(data.SizeBytes), portsText(ports)])}
      </StatusIndicator>
      {first === undefined || ports.includes(draft.port) ? null : (
        <Button variant="inline-link" onClick={() => onChange({ port: first })}>
          {texts.takePort(first)}
        </Button>
      )}
    </SpaceBetween>
  );
}

function sizeText(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : bytesText(bytes);
}

function portsText(ports: readonly string[]): string {
  return ports.length === 0 ? texts.noPorts : texts.ports(ports);
}
