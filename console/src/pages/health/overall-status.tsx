import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import type { Output } from "../../api/wire.ts";
import { MachineGauges } from "../../parts/machine-gauges.tsx";
import { Moment } from "../../parts/moment.tsx";
import { health } from "../../texts.ts";

type Status = Output<"Slipway.GetStatus">;

export function OverallStatus({ status }: { readonly status: Status }) {
  return (
    <Container>
      <SpaceBetween size="l">
        {status.Ready ? (
          <Alert type="success" header={health.ready}>
            {health.readyWhat} {health.readySince} <Moment seconds={status.ReadySince} />
          </Alert>
        ) : (
          <Alert type="error" header={health.notReady}>
            <ul>
              {status.Problems.map(({ Part, Detail }) => (
                <li key={`${Part} ${Detail}`}>
                  <strong>{Part}</strong>: {Detail}
                </li>
              ))}
            </ul>
          </Alert>
        )}
        <ColumnLayout columns={3} variant="text-grid" minColumnWidth={160}>
          <Figure label={health.services}>
            <Link href="#/services" fontSize="display-l">
              {String(status.Services)}
            </Link>
          </Figure>
          <Figure label={health.instances}>
            <Link href="#/nodes" fontSize="display-l">
              {String(status.Instances)}
            </Link>
          </Figure>
          <Figure label={`${health.logProblems}, ${health.sinceStart}`}>
            <Box variant="span" fontSize="display-l">
              {String(status.LogProblems)}
            </Box>
          </Figure>
        </ColumnLayout>
        <MachineGauges status={status} problems={status.Problems} />
      </SpaceBetween>
    </Container>
  );
}

function Figure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      {children}
    </div>
  );
}
