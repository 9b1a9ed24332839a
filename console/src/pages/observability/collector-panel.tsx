/** Whether a collector is named and answers: what the doctor says of traces. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { type Check, isOff, useCollectorCheck } from "../../parts/collector-check.ts";
import { CopyCommand } from "../../parts/copy-command.tsx";
import { observability } from "../../texts.ts";

const words = observability.collector;
/** Settings are read at the start only; services go on meanwhile. */
const START = "slipway down --keep-serving && SLIPWAY_OTLP_ENDPOINT=http://127.0.0.1:4318 slipway up";

export function CollectorPanel() {
  const { check, isPending, error, isFetching, refetch } = useCollectorCheck();
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={words.description}
          actions={
            <Button iconName="refresh" loading={isFetching} onClick={() => void refetch()}>
              {words.ask}
            </Button>
          }
        >
          {words.title}
        </Header>
      }
    >
      {error === null ? <Finding check={check} isAsking={isPending} /> : error.message}
    </Container>
  );
}

function Finding({ check, isAsking }: { readonly check: Check | undefined; readonly isAsking: boolean }) {
  if (isAsking) return <StatusIndicator type="loading">{words.asking}</StatusIndicator>;
  if (check === undefined) return <>{words.unknown}</>;
  return (
    <SpaceBetween size="s">
      <StatusIndicator type={lookOf(check)}>
        {isOff(check) && check.Status === "ok" ? words.off : words.statuses[check.Status]}
      </StatusIndicator>
      <Box>{check.Detail}</Box>
      {check.Remedy === undefined ? null : <Box color="text-body-secondary">{check.Remedy}</Box>}
      {isOff(check) ? (
        <div>
          <Box variant="awsui-key-label">{words.how}</Box>
          <CopyCommand text={START} />
        </div>
      ) : null}
      <Box color="text-body-secondary">{words.docs}</Box>
    </SpaceBetween>
  );
}

function lookOf(check: Check): StatusIndicatorProps.Type {
  if (isOff(check) && check.Status === "ok") return "stopped";
  return ({ ok: "success", warning: "warning", failed: "error" } as const)[check.Status];
}
