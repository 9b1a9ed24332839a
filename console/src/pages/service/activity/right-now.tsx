/**
 * The service as it is this moment, drawn: where its requests go, the set of instances that gets them, and beside it the one
 * that comes or goes. A deployment is watched here. What is drawn is also said, for who hears the page.
 */
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import { useRead } from "../../../api/queries.ts";
import { useNow } from "../../../parts/now.ts";
import { activity as texts } from "../../../texts.ts";
import { type Operation, stepsOf } from "../phases.ts";
import type { Service } from "../service-tab.ts";
import { StepLine } from "../step-line.tsx";
import { type Instance, type InstanceSet, isAlive, setsOf } from "./deployment-picture.ts";
import "./right-now.css";

const { picture: words } = texts;
const BUSY_EVERY_MS = 1_000;
const CALM_EVERY_MS = 4_000;
const ID_SHOWN = 6;

export interface RightNowProps {
  readonly service: Service;
  readonly operation: Operation | undefined;
  /** The release in traffic. */
  readonly activeNumber: number | undefined;
}

export function RightNow({ service, operation, activeNumber }: RightNowProps) {
  const isOpen = operation !== undefined && operation.EndedAt === undefined;
  const nowMs = useNow();
  const { data } = useRead(
    "Slipway.ListInstances",
    { ServiceArn: service.ServiceArn, MaxResults: 100 },
    { topics: [`instances/${service.ServiceId}`], everyMs: isOpen ? BUSY_EVERY_MS : CALM_EVERY_MS },
  );
  const isPaused = service.Status === "PAUSED";
  const sets = setsOf({ instances: data?.Instances ?? [], operation, activeNumber, isPaused, nowMs });
  return (
    <Container header={<Header variant="h2">{words.title}</Header>}>
      {isOpen ? <StepLine steps={stepsOf(operation, nowMs)} /> : null}
      {sets.length === 0 ? (
        <Box textAlign="center" color="text-body-secondary" padding="l">
          <Box variant="strong">{words.nothing}</Box>
          <div>{words.nothingText[service.Status]}</div>
        </Box>
      ) : (
        <div className="now">
          <Requests />
          <div className="now-sets">
            {sets.map((set) => (
              <Set key={set.releaseNumber} set={set} serviceId={service.ServiceId} />
            ))}
          </div>
        </div>
      )}
    </Container>
  );
}

function Requests() {
  return (
    <div className="now-requests">
      <svg aria-hidden viewBox="0 0 48 48" width="48" height="48">
        <circle className="globe" cx="24" cy="24" r="18" />
        <ellipse className="globe" cx="24" cy="24" rx="8" ry="18" />
        <path className="globe" d="M6 24H42M9 14H39M9 34H39" />
      </svg>
      {words.requests}
    </div>
  );
}

interface SetProps {
  readonly set: InstanceSet;
  readonly serviceId: string;
}

function Set({ set, serviceId }: SetProps) {
  const { releaseNumber, role, hasTraffic, instances, moreCount } = set;
  const title = `set-${releaseNumber}`;
  return (
    <section className={`now-set now-${role}`} aria-labelledby={title}>
      <svg className="pipe" aria-hidden preserveAspectRatio="none" viewBox="0 0 60 8">
        <path className={hasTraffic ? "pipe-flow" : "pipe-dry"} d="M0 4H60" />
      </svg>
      <div className="now-body">
        <div id={title} className="now-title">
          <Link href={`#/services/${serviceId}/releases`}>{words.lane(releaseNumber)}</Link>{" "}
          <span aria-live="polite">{roleText(set)}</span>
        </div>
        <ul className="boxes">
          {instances.map((instance) => (
            <InstanceBox key={instance.InstanceId} instance={instance} />
          ))}
          {moreCount === 0 ? null : <li className="boxes-more">{words.more(moreCount)}</li>}
        </ul>
      </div>
    </section>
  );
}

function roleText({ role }: InstanceSet): string {
  return role === "failed" ? words.unhealthyAfter : words[role];
}

function InstanceBox({ instance }: { readonly instance: Instance }) {
  const { InstanceId: id, State: state, InFlight: inFlight } = instance;
  const requests = inFlight === undefined || !isAlive(instance) ? "" : words.inFlight(inFlight);
  const short = id.slice(0, ID_SHOWN);
  const label = words.instance(short, texts.states[state], requests);
  return (
    <li className={`box box-${state}`} title={label}>
      <span className="heard-only">{label}</span>
      <span aria-hidden className="box-count">
        {glyphOf(instance)}
      </span>
      <span aria-hidden className="box-state">
        {isAnswering(instance) ? words.answers(inFlight ?? 0) : texts.states[state]}
      </span>
    </li>
  );
}

/** A number stands for requests and is called so: "0 ready" would read as if nothing were. */
function isAnswering(instance: Instance): boolean {
  return isAlive(instance) && (instance.InFlight ?? 0) > 0;
}

/** What it is answering; else its state. */
function glyphOf(instance: Instance): string {
  const { State: state, InFlight: inFlight } = instance;
  if (isAnswering(instance)) return String(inFlight);
  if (state === "failed") return "✕";
  if (state === "stopped") return "–";
  if (state === "starting" || state === "warming") return "…";
  return state === "draining" ? "…" : "✓";
}
