/** Why a service does what it does: what stands out, and what that was concluded from. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRead } from "../../../api/queries.ts";
import { Reading } from "../../../parts/reading.tsx";
import type { Output } from "../../../api/wire.ts";
import { exactMoment } from "../../../parts/moment.tsx";
import { why as texts } from "../../../texts.ts";
import type { ServiceTabProps } from "../service-tab.ts";
import { Ends } from "./ends.tsx";
import { LastOperations } from "./last-operations.tsx";
import { Samples } from "./samples.tsx";

type Explanation = Output<"Slipway.ExplainService">;

const EVERY_MS = 10_000;
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export default function WhyTab({ service }: ServiceTabProps) {
  const { ServiceArn: arn, ServiceId: id } = service;
  const answer = useRead(
    "Slipway.ExplainService",
    { ServiceArn: arn },
    { topics: [`service/${id}`, `operations/${id}`, `instances/${id}`, `domains/${id}`], everyMs: EVERY_MS },
  );
  return (
    <Reading answer={answer} failed={texts.failed}>
      {(explanation) => (
        <SpaceBetween size="l">
          <Findings findings={explanation.Findings} serviceId={id} />
          <Container header={<Header variant="h2">{texts.operations}</Header>}>
            <LastOperations operations={explanation.Operations} serviceId={id} />
          </Container>
          <Container
            header={
              <Header variant="h2" description={texts.endsSince(exactMoment(explanation.StartTime))}>
                {texts.ends}
              </Header>
            }
          >
            <Ends ends={explanation.InstanceEnds} serviceId={id} />
          </Container>
          <Requests requests={explanation.Requests} serviceId={id} />
        </SpaceBetween>
      )}
    </Reading>
  );
}

type Finding = Explanation["Findings"][number];

interface FindingsProps {
  readonly findings: readonly Finding[];
  readonly serviceId: string;
}

function Findings({ findings, serviceId }: FindingsProps) {
  return (
    <SpaceBetween size="s">
      <Header variant="h2">{texts.findings}</Header>
      {findings.map((finding) => (
        <Alert
          key={finding.Summary}
          type={finding.Severity}
          i18nStrings={{
            infoIconAriaLabel: texts.says.info,
            warningIconAriaLabel: texts.says.warning,
            errorIconAriaLabel: texts.says.error,
          }}
          header={finding.Summary}
        >
          {finding.Advice === undefined ? null : (
            <>
              <Box variant="strong">{texts.advice}: </Box>
              <Remedy finding={finding} serviceId={serviceId} />
            </>
          )}
        </Alert>
      ))}
    </SpaceBetween>
  );
}

interface RemedyProps {
  readonly finding: Finding;
  readonly serviceId: string;
}

/** Where an operation tells the story, the advice names a command: here there is a page for it. */
function Remedy({ finding: { Advice: advice, OperationId: operationId }, serviceId }: RemedyProps) {
  if (operationId === undefined) return advice;
  return <Link href={`#/services/${serviceId}/activity?operation=${operationId}`}>{texts.toOperation}</Link>;
}

interface RequestsProps {
  readonly requests: Explanation["Requests"];
  readonly serviceId: string;
}

function Requests({ requests, serviceId }: RequestsProps) {
  const cuts = Object.entries(requests.Cuts);
  const told = (count: number) =>
    requests.IsEstimated && count > 0 ? texts.about(compact.format(count)) : compact.format(count);
  return (
    <Container
      header={
        <Header variant="h2" description={texts.requestsSince(exactMoment(requests.Since))}>
          {texts.requests}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={4}
          items={[
            { label: texts.counts.all, value: told(requests.Count) },
            { label: texts.counts.failed, value: told(requests.Failed) },
            { label: texts.counts.limited, value: told(requests.Limited) },
            {
              label: texts.counts.cut,
              value:
                cuts.length === 0 ? "0" : cuts.map(([cut, count]) => `${told(count ?? 0)} ${cut}`).join(", "),
            },
          ]}
        />
        <Samples title={texts.slowest} samples={requests.Slowest} serviceId={serviceId} />
        <Samples title={texts.failedSamples} samples={requests.FailedSamples} serviceId={serviceId} />
      </SpaceBetween>
    </Container>
  );
}
