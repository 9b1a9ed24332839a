/** What ends of instances tell of a service: counted by kind and release, and whether its release stays up. Pure. */
import { countOf, error, type Finding, warning } from "./finding.ts";
import type { Instance } from "./instance.ts";
import { type InstanceEnd, severityOfEnd } from "./instance-end.ts";
import type { Operation } from "./operation.ts";
import type { Service } from "./service.ts";

/** So many of the serving release that soon one after the other: whatever replaces them ends too. */
const LOOP_COUNT = 3;
const LOOP_MINUTES = 10;

/** Ends of one kind and release. */
export interface EndCount {
  readonly end: InstanceEnd;
  readonly releaseNumber: number;
  readonly count: number;
  /** The newest. */
  readonly last: Instance;
}

export interface EndSymptoms {
  readonly service: Pick<Service, "name" | "status" | "activeReleaseNumber" | "configuration">;
  /** Newest first. */
  readonly operations: readonly Operation[];
  /** Newest first. */
  readonly instances: readonly Instance[];
  /** From when on ends of instances count. */
  readonly sinceMs: number;
  readonly nowMs: number;
  /** From when on one that ended may be replaced. */
  readonly nextStartMs: number;
}

/** Those of the release that serves first, then the most frequent; those that somebody asked for too. */
export function countEnds(
  instances: readonly Instance[],
  { sinceMs, servingNumber }: { readonly sinceMs: number; readonly servingNumber: number | null },
): readonly EndCount[] {
  const isServing = (count: EndCount) => Number(count.releaseNumber === servingNumber);
  return [
    ...Map.groupBy(endedSince(instances, sinceMs), ({ end, releaseNumber }) => `${end} ${releaseNumber}`),
  ]
    .flatMap(([, [last, ...others]]): readonly EndCount[] => {
      if (last?.end === undefined) return [];
      return [{ end: last.end, releaseNumber: last.releaseNumber, count: others.length + 1, last }];
    })
    .toSorted((one, other) => isServing(other) - isServing(one) || other.count - one.count);
}

/** Ends of a release that came to nothing are told by its deployment. */
export function ofEnds(symptoms: EndSymptoms): readonly Finding[] {
  const { instances, sinceMs, service } = symptoms;
  return [
    ...ofLoop(symptoms),
    ...countEnds(instances, { sinceMs, servingNumber: service.activeReleaseNumber })
      .filter(({ releaseNumber }) => !cameToNothing(releaseNumber, symptoms))
      .flatMap((count) => troubles[count.end]?.(endOf(count, symptoms)) ?? []),
  ];
}

function endedSince(instances: readonly Instance[], sinceMs: number): readonly Instance[] {
  return instances.filter(({ end, stoppedAtMs }) => end !== undefined && (stoppedAtMs ?? 0) >= sinceMs);
}

function cameToNothing(number: number, { service, operations }: EndSymptoms): boolean {
  if (number === service.activeReleaseNumber) return false;
  const ofRelease = operations.filter(
    ({ releaseNumber, endedAtMs }) => releaseNumber === number && endedAtMs !== null,
  );
  return ofRelease.length > 0 && ofRelease.every(({ status }) => status !== "SUCCEEDED");
}

function ofLoop({ service, instances, nowMs, nextStartMs }: EndSymptoms): readonly Finding[] {
  const { name, status, activeReleaseNumber: number } = service;
  if (number === null || status !== "RUNNING") return [];
  const { length } = endedSince(instances, nowMs - LOOP_MINUTES * 60_000).filter(
    ({ releaseNumber, end }) => releaseNumber === number && isOwnFault(end),
  );
  if (length < LOOP_COUNT) return [];
  const back = number === 1 ? "" : ` Then, if the release is at fault, go back: slipway rollback ${name}`;
  return [
    error(
      `Release ${number} does not stay up: ${length} of its instances ended within ${LOOP_MINUTES} minutes.${nextTry(nextStartMs - nowMs)}`,
      `First see what they say: slipway logs ${name}${back === "" ? "" : "."}${back}`,
    ),
  ];
}

/** After each round of ends the pause before the next start is longer. */
function nextTry(leftMs: number): string {
  return leftMs <= 0 ? "" : ` The next one starts in ${Math.ceil(leftMs / 1000)} s.`;
}

/** What somebody removed did not end by itself. */
function isOwnFault(end: InstanceEnd | undefined): boolean {
  return end !== undefined && end !== "lost" && severityOfEnd(end) === "WARN";
}

interface End {
  /** "1 instance of release 2", "3 instances of release 2". */
  readonly which: string;
  readonly count: number;
  readonly last: Instance;
  readonly memoryMiB: string;
  readonly lastWords: string;
}

function endOf({ count, releaseNumber, last }: EndCount, { service }: EndSymptoms): End {
  return {
    which: `${countOf(count, "instance")} of release ${releaseNumber}`,
    count,
    last,
    memoryMiB: service.configuration.instance.memory,
    lastWords: `${count === 1 ? "Its" : "The last one's"} last words: slipway logs ${service.name} --instance ${last.id.slice(0, 8)}`,
  };
}

/** Ends that nobody asked for, each with what to do. */
const troubles: Readonly<Partial<Record<InstanceEnd, (end: End) => Finding>>> = {
  "out-of-memory": ({ which, memoryMiB, lastWords }) =>
    warning(
      `${which} used more than ${memoryMiB} MiB of memory and got killed.`,
      `Give the service more memory, or find the leak. ${lastWords}`,
    ),
  "disk-full": ({ which, lastWords }) =>
    warning(
      `${which} wrote more into its own files than an instance may, and got killed.`,
      `Write less, or elsewhere; the limit is the setting instanceDiskMiB. ${lastWords}`,
    ),
  exited: ({ which, count, last, lastWords }) =>
    warning(`${which} ended by ${count === 1 ? "itself" : "themselves"}${codeOf(last, count)}.`, lastWords),
  unhealthy: ({ which, last, lastWords }) =>
    warning(`${which} stopped passing the health check${problemOf(last)}.`, lastWords),
  "never-healthy": ({ which, last, lastWords }) =>
    warning(`${which} never passed the health check${problemOf(last)}.`, lastWords),
  "start-failed": ({ which, last }) => warning(`${which} could not be started: ${last.endReason}`, null),
  lost: ({ which, count }) =>
    warning(
      `${which} vanished: something outside of Slipway removed ${count === 1 ? "the container" : "the containers"}.`,
      "Look for a clean-up job such as docker system prune.",
    ),
};

function codeOf({ exitCode }: Instance, count: number): string {
  if (exitCode === null) return "";
  return count === 1 ? ` with exit code ${exitCode}` : `, the last one with exit code ${exitCode}`;
}

function problemOf({ healthProblem }: Instance): string {
  return healthProblem === undefined ? "" : ` (${healthProblem})`;
}
