/** One machine: gauges of what is taken and promised, what it is, and its instances as a picture. */
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { bytesText } from "../../parts/bytes.ts";
import { Gauge } from "../../parts/gauge.tsx";
import { MachineGauges } from "../../parts/machine-gauges.tsx";
import { Moment } from "../../parts/moment.tsx";
import { nodes as texts } from "../../texts.ts";
import { InstanceMap } from "./instance-map.tsx";
import type { Node } from "./node-services.ts";

/** What is promised may well be more than there is: most instances use a small part of it. */
const PROMISED_TIGHT = 2;
const PROMISED_FULL = 4;

export function NodePanel({ node }: { readonly node: Node }) {
  const { Machine: machine, IsReady: isReady, Roles: roles } = node;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={texts.roles(roles)}
          info={
            <StatusIndicator type={isReady ? "success" : "error"}>
              {isReady ? texts.ready : texts.notReady}
            </StatusIndicator>
          }
        >
          {machine.Name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <MachineGauges status={node} />
        <Promised node={node} />
        <Facts node={node} />
        <div>
          <Box variant="h3">{texts.onIt(node.InstanceCount)}</Box>
          {node.InstanceCount > node.Instances.length ? (
            <Box color="text-body-secondary">{texts.unseen(node.InstanceCount - node.Instances.length)}</Box>
          ) : null}
          <InstanceMap instances={node.Instances} />
        </div>
      </SpaceBetween>
    </Container>
  );
}

function Promised({ node }: { readonly node: Node }) {
  const { Machine: machine, PromisedCpus: cpus, PromisedMemoryBytes: memory } = node;
  const roomBytes = Math.max(0, machine.MemoryAvailableBytes - machine.MemoryReserveBytes);
  const limits = { tightFrom: PROMISED_TIGHT, fullFrom: PROMISED_FULL };
  return (
    <ColumnLayout columns={3} minColumnWidth={200}>
      <Gauge
        label={texts.promisedCpus}
        share={cpus / machine.Cpus}
        text={texts.promised(String(Number(cpus.toFixed(2))), String(machine.Cpus))}
        hint={texts.promisedHint}
        {...limits}
      />
      <Gauge
        label={texts.promisedMemory}
        share={memory / machine.MemoryBytes}
        text={texts.promised(bytesText(memory), bytesText(machine.MemoryBytes))}
        {...limits}
      />
      <Gauge
        label={texts.budget}
        share={1 - roomBytes / machine.MemoryBytes}
        text={texts.budgetWhat(bytesText(roomBytes), bytesText(machine.MemoryReserveBytes))}
        hint={texts.budgetHint}
      />
    </ColumnLayout>
  );
}

function Facts({ node: { Machine: machine, Engine: engine, SeenAt: seenAt } }: { readonly node: Node }) {
  const labels = engine?.Labels ?? [];
  return (
    <KeyValuePairs
      columns={4}
      items={[
        {
          label: texts.engine,
          value: engine === undefined ? texts.unknown : texts.engineWhat(engine.Version, engine.ApiVersion),
        },
        {
          label: texts.system,
          value: engine === undefined ? machine.System : texts.systemWhat(engine.System, engine.Architecture),
        },
        { label: texts.kernel, value: engine?.Kernel ?? texts.unknown },
        { label: texts.started, value: <Moment seconds={machine.StartedAt} /> },
        { label: texts.seen, value: seenAt === undefined ? texts.never : <Moment seconds={seenAt} /> },
        ...(labels.length === 0 ? [] : [{ label: texts.labels, value: labels.join(", ") }]),
      ]}
    />
  );
}
