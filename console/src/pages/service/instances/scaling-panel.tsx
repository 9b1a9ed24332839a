/** What the autoscaler decided: wanted and there over time, and why. */
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { ageText } from "../../../parts/duration.ts";
import { Moment } from "../../../parts/moment.tsx";
import { useNow } from "../../../parts/now.ts";
import { instances as texts, shared } from "../../../texts.ts";
import { type Instance, type Scaling, type ScalingSteps, scalingSteps, stepPath } from "./scaling-steps.ts";
import "./scaling-panel.css";

const { scaling: words } = texts;
const EVERY_MS = 5_000;

export interface ScalingPanelProps {
  readonly scaling: Scaling | undefined;
  readonly instances: readonly Instance[];
}

export function ScalingPanel({ scaling, instances }: ScalingPanelProps) {
  const nowMs = useNow(EVERY_MS);
  if (scaling === undefined) {
    return (
      <Container header={<Header variant="h2">{words.title}</Header>}>
        <Box color="text-body-secondary">{words.none}</Box>
      </Container>
    );
  }
  const { Decisions: decisions, MinSize: min, MaxSize: max } = scaling;
  return (
    <Container
      header={
        <Header variant="h2" description={words.limits(min, max)}>
          {words.title}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <Box>
          <Box variant="strong">{decisions[0]?.Count}</Box> {words.wanted.toLowerCase()}:{" "}
          {decisions[0]?.Reason}
        </Box>
        <StepChart steps={scalingSteps(decisions, instances, nowMs)} />
        <ExpandableSection headerText={words.decisions} variant="footer">
          <Decisions decisions={decisions} />
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  );
}

function StepChart({ steps }: { readonly steps: ScalingSteps }) {
  const { wanted, actual, fromMs, untilMs, maximum } = steps;
  const last = (line: typeof wanted) => String(line.at(-1)?.count ?? 0);
  return (
    <figure className="scaling">
      <figcaption>
        <span className="scaling-key scaling-wanted">{words.wanted}</span>
        <span className="scaling-key scaling-actual">{words.actual}</span>
        <span className="heard-only">{words.says(last(wanted), last(actual))}</span>
      </figcaption>
      <div className="scaling-plot">
        <span className="scaling-top">{maximum}</span>
        <span className="scaling-bottom">0</span>
        <svg aria-hidden viewBox="0 -4 100 108" preserveAspectRatio="none">
          <path className="scaling-grid" d="M0 0H100M0 50H100M0 100H100" />
          <path className="scaling-area" d={`${stepPath(actual, steps)}V100H0Z`} />
          <path className="scaling-line scaling-line-actual" d={stepPath(actual, steps)} />
          <path className="scaling-line scaling-line-wanted" d={stepPath(wanted, steps)} />
        </svg>
      </div>
      <div className="scaling-times">
        <span>{shared.ago(ageText(untilMs - fromMs))}</span>
        <span>{words.now}</span>
      </div>
    </figure>
  );
}

function Decisions({ decisions }: { readonly decisions: Scaling["Decisions"] }) {
  return (
    <Table
      variant="embedded"
      contentDensity="compact"
      items={[...decisions]}
      ariaLabels={{ tableLabel: words.decisions }}
      columnDefinitions={[
        {
          id: "at",
          header: words.columns.at,
          cell: ({ At: at }) => <Moment seconds={at} />,
          isRowHeader: true,
        },
        { id: "count", header: words.columns.count, cell: ({ Count: count }) => count },
        { id: "activity", header: words.columns.activity, cell: (one) => words.activities[one.Activity] },
        { id: "why", header: words.columns.why, cell: ({ Reason: reason }) => reason },
      ]}
    />
  );
}
