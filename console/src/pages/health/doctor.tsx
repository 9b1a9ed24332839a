/** The doctor's findings, the worst first; what is well stands together. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useRead } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { Reading } from "../../parts/reading.tsx";
import { health } from "../../texts.ts";
import { Finding } from "./finding.tsx";

type Check = Output<"Slipway.RunDoctor">["Checks"][number];

export function Doctor() {
  const answer = useRead("Slipway.RunDoctor", {});
  const checks = answer.data?.Checks;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={health.doctorHint}
          info={checks === undefined ? undefined : <Summary checks={checks} />}
          actions={
            <Button
              iconName="refresh"
              loading={answer.isFetching}
              loadingText={health.checking}
              onClick={() => void answer.refetch()}
            >
              {health.checkAgain}
            </Button>
          }
        >
          {health.doctor}
        </Header>
      }
    >
      <Reading answer={answer} failed={health.doctorFailed}>
        {({ Checks }) => <Findings checks={Checks} />}
      </Reading>
    </Container>
  );
}

function countOf(checks: readonly Check[], status: Check["Status"]): number {
  return checks.filter((one) => one.Status === status).length;
}

function Summary({ checks }: { readonly checks: readonly Check[] }) {
  const [ok, warnings, failed] = [
    countOf(checks, "ok"),
    countOf(checks, "warning"),
    countOf(checks, "failed"),
  ];
  const type = failed > 0 ? "error" : warnings > 0 ? "warning" : "success";
  return <StatusIndicator type={type}>{health.counted(ok, warnings, failed)}</StatusIndicator>;
}

function Findings({ checks }: { readonly checks: readonly Check[] }) {
  const [well, failed, warnings] = (["ok", "failed", "warning"] as const).map((status) =>
    checks.filter((one) => one.Status === status),
  );
  const troubles = [...(failed ?? []), ...(warnings ?? [])];
  return (
    <SpaceBetween size="m">
      {troubles.map((check) => (
        <Finding key={`${check.Name} ${check.Detail}`} check={check} />
      ))}
      {well === undefined || well.length === 0 ? null : (
        <ExpandableSection headerText={health.wellOnes(well.length)} defaultExpanded={troubles.length === 0}>
          <SpaceBetween size="xs">
            {well.map(({ Name, Detail }) => (
              <StatusIndicator key={`${Name} ${Detail}`} type="success">
                <Box variant="strong">{Name}</Box> {Detail}
              </StatusIndicator>
            ))}
          </SpaceBetween>
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}
