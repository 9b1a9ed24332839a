/** What is being done with a service and what was: the picture of this moment, and its operations. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useRead } from "../../../api/queries.ts";
import type { Output } from "../../../api/wire.ts";
import { useAddressWords } from "../../../parts/address.ts";
import { durationText } from "../../../parts/duration.ts";
import { Moment } from "../../../parts/moment.tsx";
import { Reading } from "../../../parts/reading.tsx";
import { activity as texts } from "../../../texts.ts";
import { OperationStatus } from "../operation-status.tsx";
import { durationMsOf } from "../phases.ts";
import type { Service, ServiceTabProps } from "../service-tab.ts";
import { useService } from "../use-service.ts";
import { OperationDetails } from "./operation-details.tsx";
import { operationReading, type OperationState } from "./operation-reading.ts";
import { RightNow } from "./right-now.tsx";

type Summary = NonNullable<Output<"AppRunner.ListOperations">["OperationSummaryList"]>[number];

const PAGE = 10;
/** ListOperations gives no more at once. */
const EARLIER_PAGE = 20;

export default function ActivityTab({ service }: ServiceTabProps) {
  const found = useService(service.ServiceId);
  const overview = found.kind === "found" ? found.overview : undefined;
  return (
    <SpaceBetween size="l">
      <RightNow
        service={service}
        operation={overview?.LastOperation}
        activeNumber={overview?.ReleaseNumber}
      />
      <Operations service={service} />
    </SpaceBetween>
  );
}

function Operations({ service }: { readonly service: Service }) {
  return (
    <Container header={<Header variant="h2">{texts.operations}</Header>}>
      <OperationsPage service={service} />
    </Container>
  );
}

interface OperationsPageProps {
  readonly service: Service;
  /** From the page before. Absent: the newest. */
  readonly token?: string;
}

/** Rows, and below them the page of earlier ones once it was asked for. */
function OperationsPage({ service, token }: OperationsPageProps) {
  const [hasMore, setMore] = useState(false);
  const wantedId = useAddressWords().get("operation");
  const isFirst = token === undefined;
  const answer = useRead(
    "AppRunner.ListOperations",
    {
      ServiceArn: service.ServiceArn,
      MaxResults: isFirst ? PAGE : EARLIER_PAGE,
      ...(isFirst ? {} : { NextToken: token }),
    },
    { topics: [`operations/${service.ServiceId}`], keepsFormer: true },
  );
  return (
    <Reading answer={answer} failed={texts.failed}>
      {({ OperationSummaryList: operations = [], NextToken: next }) => (
        <SpaceBetween size="s">
          {isFirst && operations.length === 0 ? <Box color="text-body-secondary">{texts.empty}</Box> : null}
          {operations.map((one, index) => (
            <OperationRow
              key={one.Id}
              summary={one}
              service={service}
              isOpenAtFirst={wantedId === null ? isFirst && index === 0 : one.Id === wantedId}
            />
          ))}
          {next === undefined ? null : hasMore ? (
            <OperationsPage service={service} token={next} />
          ) : (
            <Button onClick={() => setMore(true)}>{texts.showMore}</Button>
          )}
        </SpaceBetween>
      )}
    </Reading>
  );
}

interface OperationRowProps {
  readonly summary: Summary;
  readonly service: Service;
  /** The one that a link meant, else the newest: it is the one people come for. */
  readonly isOpenAtFirst: boolean;
}

function OperationRow({ summary, service, isOpenAtFirst }: OperationRowProps) {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const {
    Type: type = "UPDATE_SERVICE",
    Status: status = "PENDING",
    EndedAt: endedAt,
    StartedAt: startedAt,
  } = summary;
  const cause = useCause(summary, service);
  const took =
    endedAt === undefined
      ? ""
      : `, ${texts.took(durationText(durationMsOf({ StartedAt: startedAt ?? 0, EndedAt: endedAt }, 0)))}`;
  return (
    <ExpandableSection
      expanded={isOpen}
      onChange={({ detail }) => setOpen(detail.expanded)}
      headerText={
        <span className="operation">
          <span>{texts.types[type]}</span>
          <OperationStatus status={status} cause={cause} />
          <Box variant="span" color="text-body-secondary" fontWeight="normal">
            <Moment seconds={startedAt} />
            {took}
          </Box>
        </span>
      }
    >
      {isOpen ? <Details id={summary.Id ?? ""} service={service} isOver={endedAt !== undefined} /> : null}
    </ExpandableSection>
  );
}

/** Why it did not succeed: the list does not tell. */
function useCause({ Id: id = "", Status: status, EndedAt: endedAt }: Summary, service: Service) {
  const hasNone = status === "PENDING" || status === "IN_PROGRESS" || status === "SUCCEEDED";
  return useOperation({ id, service, isOver: endedAt !== undefined, isEnabled: !hasNone }).data?.Operation
    .Cause;
}

interface OperationWish extends OperationState {
  readonly id: string;
}

function useOperation({ id, ...state }: OperationWish) {
  return useRead(
    "Slipway.DescribeOperation",
    { ServiceArn: state.service.ServiceArn, OperationId: id },
    operationReading(state),
  );
}

function Details(wish: OperationWish) {
  const { service } = wish;
  return (
    <Reading answer={useOperation(wish)} failed={texts.failed}>
      {({ Operation: operation }) => <OperationDetails operation={operation} serviceId={service.ServiceId} />}
    </Reading>
  );
}
