/** A picture of how the chosen numbers would do under a load: requests, instances, who waited, who was refused, and the cost. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useState } from "react";
import { useRead } from "../../api/queries.ts";
import type { Input as InputOf, Output } from "../../api/wire.ts";
import { scalingSimulation as texts } from "../../texts.ts";
import { ChartHover } from "../charts/chart-hover.ts";
import { TimeChart } from "../charts/time-chart.tsx";
import { tone } from "../tone.ts";
import { useSettled } from "../use-settled.ts";
import type { ServiceDraft } from "./draft.ts";
import { type LoadWish, simulationInput } from "./simulation-input.ts";

type Simulated = Output<"Slipway.SimulateScaling">;

/** What of a service's settings says how it scales, and what an instance of it costs. */
export type SimulatedDraft = Pick<
  ServiceDraft,
  "scalingChoice" | "scalingArn" | "minSize" | "maxSize" | "maxConcurrency" | "extensions" | "cpu" | "memory"
>;

const LOADS = ["steady", "step", "spikes", "day"] as const;
/** A load that shows something with App Runner's default numbers, and does not take long. */
const usualRates: Readonly<Record<LoadWish["load"], Pick<LoadWish, "rate" | "peak">>> = {
  steady: { rate: "500", peak: "500" },
  step: { rate: "50", peak: "1000" },
  spikes: { rate: "20", peak: "1000" },
  day: { rate: "1", peak: "15" },
};
const usual: LoadWish = { load: "step", ...usualRates.step, durationMs: "300", startMs: "1500" };
const NUMBERS = [
  ["rate", texts.rate],
  ["peak", texts.peak],
  ["durationMs", texts.duration],
  ["startMs", texts.start],
] as const;

export function ScalingSimulation({ draft }: { readonly draft: SimulatedDraft }) {
  const [load, setLoad] = useState(usual);
  const limits = useLimits(draft);
  const wanted = limits === null ? null : simulationInput({ ...draft, ...limits }, load);
  // Typed numbers are asked about once they stand.
  const settled = useSettled(JSON.stringify(wanted));
  const { data, error, isFetching } = useRead(
    "Slipway.SimulateScaling",
    JSON.parse(settled) as InputOf<"Slipway.SimulateScaling">,
    { isEnabled: settled !== "null", keepsFormer: true },
  );
  return (
    <Container
      header={
        <Header variant="h2" description={texts.description} info={isFetching ? <Spinner /> : undefined}>
          {texts.title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <SegmentedControl
          label={texts.load}
          selectedId={load.load}
          options={LOADS.map((id) => ({ id, text: texts.loads[id] }))}
          onChange={({ detail }) => {
            const id = LOADS.find((one) => one === detail.selectedId) ?? load.load;
            setLoad({ ...load, load: id, ...usualRates[id] });
          }}
        />
        <ColumnLayout columns={4} minColumnWidth={140}>
          {NUMBERS.filter(([member]) => member !== "peak" || load.load !== "steady").map(
            ([member, label]) => (
              <FormField
                key={member}
                label={label}
                constraintText={
                  member === "durationMs" || member === "startMs" ? texts.milliseconds : undefined
                }
              >
                <Input
                  value={load[member]}
                  inputMode="numeric"
                  onChange={({ detail }) => setLoad({ ...load, [member]: detail.value })}
                />
              </FormField>
            ),
          )}
        </ColumnLayout>
        {error === null ? null : <Alert type="warning">{error.message}</Alert>}
        {data === undefined ? (
          <Box color="text-body-secondary">{texts.noNumbers}</Box>
        ) : (
          <Picture run={data} />
        )}
      </SpaceBetween>
    </Container>
  );
}

/** The numbers of the named configuration, where the draft has none of its own. Null: not known yet. */
function useLimits(
  draft: SimulatedDraft,
): Pick<ServiceDraft, "minSize" | "maxSize" | "maxConcurrency"> | null {
  const isNamed = draft.scalingChoice === "named";
  const { data: list } = useRead(
    "AppRunner.ListAutoScalingConfigurations",
    {},
    { isEnabled: isNamed && draft.scalingArn === "" },
  );
  const usualArn = list?.AutoScalingConfigurationSummaryList.find(
    ({ IsDefault }) => IsDefault,
  )?.AutoScalingConfigurationArn;
  const arn = draft.scalingArn === "" ? (usualArn ?? "") : draft.scalingArn;
  const { data } = useRead(
    "AppRunner.DescribeAutoScalingConfiguration",
    { AutoScalingConfigurationArn: arn },
    { isEnabled: isNamed && arn !== "" },
  );
  if (!isNamed) return draft;
  if (data === undefined) return null;
  const { MinSize = 1, MaxSize = 25, MaxConcurrency = 100 } = data.AutoScalingConfiguration;
  return { minSize: String(MinSize), maxSize: String(MaxSize), maxConcurrency: String(MaxConcurrency) };
}

function Picture({ run }: { readonly run: Simulated }) {
  const [hover] = useState(() => new ChartHover());
  const periodMs = run.IntervalSeconds * 1000;
  const span = { startMs: 0, endMs: run.Requests.length * periodMs };
  const series = (id: string, title: string, color: string, values: readonly number[]) => ({
    id,
    title,
    color,
    points: values.map((value, index) => ({ atMs: index * periodMs, value })),
  });
  const common = { span, periodMs, unit: "count", hover, isFromZero: true } as const;
  const hasTrouble = [...run.Waiting, ...run.Refused].some((value) => value > 0);
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={4}
        items={[
          { label: texts.facts.most, value: run.PeakInstances },
          { label: texts.facts.wait, value: texts.milli(run.WaitP99Ms) },
          { label: texts.facts.refused, value: texts.share(run.RefusedCount, run.RequestCount) },
          { label: texts.facts.cost, value: texts.dollars(run.CostPerMonth), info: undefined },
        ]}
      />
      <Labelled title={texts.requests}>
        <TimeChart
          {...common}
          title={texts.requests}
          shape="lines"
          heightPx={120}
          series={[series("requests", texts.requests, tone.calm, run.Requests)]}
        />
      </Labelled>
      <Labelled title={texts.instances}>
        <TimeChart
          {...common}
          title={texts.instances}
          shape="lines"
          heightPx={140}
          series={[series("instances", texts.ready, tone.good, run.Instances)]}
        />
      </Labelled>
      {hasTrouble ? (
        <Labelled title={texts.waiting}>
          <TimeChart
            {...common}
            title={texts.waiting}
            shape="bars"
            heightPx={120}
            series={[
              series("waiting", texts.waiting, tone.warning, run.Waiting),
              series("refused", texts.refused, tone.bad, run.Refused),
            ]}
          />
        </Labelled>
      ) : null}
      <Box color="text-body-secondary" fontSize="body-s">
        {`${texts.facts.cost}: ${texts.costHelp}`}
      </Box>
    </SpaceBetween>
  );
}

function Labelled({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <Box variant="awsui-key-label">{title}</Box>
      {children}
    </div>
  );
}
