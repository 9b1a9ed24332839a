import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useRead } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { CopyText } from "../../parts/copy-text.tsx";
import { FACT_MIN_PX } from "../../parts/fact-width.ts";
import { Moment } from "../../parts/moment.tsx";
import { Reading } from "../../parts/reading.tsx";
import { health } from "../../texts.ts";

interface InstallationFactsProps {
  readonly machine: Output<"Slipway.GetStatus">["Machine"] | undefined;
}

export function InstallationFacts({ machine }: InstallationFactsProps) {
  const answer = useRead("Slipway.GetInfo", {});
  const copied = (label: string, text: string) => ({ label, value: <CopyText text={text} label={label} /> });
  return (
    <Container header={<Header variant="h2">{health.versions}</Header>}>
      <Reading answer={answer} failed={health.unread}>
        {(info) => (
          <KeyValuePairs
            columns={4}
            minColumnWidth={FACT_MIN_PX}
            items={[
              { label: health.version, value: info.Version },
              copied(health.endpoint, info.ApiEndpoint),
              copied(health.http, info.EdgeHttpAddress),
              copied(health.https, info.EdgeHttpsAddress),
              { label: health.baseDomain, value: info.BaseDomain },
              copied(health.state, info.StateDirectory),
              ...(machine === undefined
                ? []
                : [
                    { label: health.machine, value: machine.Name },
                    { label: health.system, value: machine.System },
                    { label: health.machineStarted, value: <Moment seconds={machine.StartedAt} /> },
                  ]),
            ]}
          />
        )}
      </Reading>
    </Container>
  );
}
