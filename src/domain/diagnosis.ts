/**
 * Why a service does what it does: what was seen of it, put into findings with the next thing to do, the gravest first. Pure.
 */
import type { CustomDomain } from "./custom-domain.ts";
import { type Instance, isAlive } from "./instance.ts";
import type { InstanceEnd } from "./instance-end.ts";
import type { Operation } from "./operation.ts";
import type { Service } from "./service.ts";

/** Below, single failures are not worth a line beside everything else. */
const FAILED_SHARE = 0.001;

export interface Finding {
  readonly severity: "error" | "warning" | "info";
  /** One sentence: what is. */
  readonly summary: string;
  /** One sentence: what to do; null where nothing has to be done. */
  readonly advice: string | null;
}

/** What was seen of one service. */
export interface Symptoms {
  readonly service: Pick<Service, "name" | "status" | "activeReleaseNumber" | "configuration">;
  /** Newest first. */
  readonly operations: readonly Operation[];
  /** Newest first. */
  readonly instances: readonly Instance[];
  readonly domains: readonly CustomDomain[];
  readonly requests: RequestCounts;
  /** Instances the service may have at most; null where it is not scaled. */
  readonly maxSize: number | null;
  /** Rests at zero until somebody calls. */
  readonly isAtZero: boolean;
  /** From when on ends of instances count. */
  readonly sinceMs: number;
}

export interface RequestCounts {
  readonly count: number;
  readonly failedCount: number;
  readonly limitedCount: number;
}

/** Ends of one kind. */
export interface EndCount {
  readonly end: InstanceEnd;
  readonly count: number;
  readonly last: Instance;
}

const SEVERITIES: readonly Finding["severity"][] = ["error", "warning", "info"];

/** Never empty: a service without a fault is told as one. */
export function diagnose(symptoms: Symptoms): readonly Finding[] {
  const findings = [
    ...ofStatus(symptoms),
    ...ofDeployment(symptoms),
    ...countEnds(symptoms.instances, symptoms.sinceMs).flatMap((count) => ofEnds(count, symptoms)),
    ...ofRequests(symptoms),
    ...symptoms.domains.flatMap(ofDomain),
  ];
  if (findings.length === 0) return [{ severity: "info", summary: "Nothing wrong was seen.", advice: null }];
  return findings.toSorted(
    (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
  );
}

/** By kind, the most frequent first; those that somebody asked for too. */
export function countEnds(instances: readonly Instance[], sinceMs: number): readonly EndCount[] {
  const ended = instances.filter(
    (instance) => instance.end !== undefined && (instance.stoppedAtMs ?? 0) >= sinceMs,
  );
  return [...Map.groupBy(ended, ({ end }) => end)]
    .flatMap(([end, [last, ...others]]) =>
      end === undefined || last === undefined ? [] : [{ end, count: others.length + 1, last }],
    )
    .toSorted((one, other) => other.count - one.count);
}

function ofStatus({ service, instances, isAtZero, operations }: Symptoms): readonly Finding[] {
  const { name, status } = service;
  if (status === "PAUSED") return [info("The service is paused.", `Go on: slipway resume ${name}`)];
  if (status === "CREATE_FAILED") {
    const message = operations.find(({ cause }) => cause !== null)?.cause?.message ?? "";
    return [error(`The service could not be created. ${message}`, "Mend that, delete it, create it again.")];
  }
  if (status !== "RUNNING" || isAtZero) return [];
  const serving = instances.filter(({ state, isUnhealthy }) => isReady(state) && isUnhealthy !== true);
  if (serving.length > 0) return [];
  return [
    error("No instance is healthy: requests are refused or wait.", `See what they say: slipway logs ${name}`),
  ];
}

function isReady(state: Instance["state"]): boolean {
  return state === "ready" || state === "idle";
}

const WORDS = {
  CREATE_SERVICE: "creation",
  UPDATE_SERVICE: "update",
  START_DEPLOYMENT: "deployment",
  PAUSE_SERVICE: "pause",
  RESUME_SERVICE: "resume",
  DELETE_SERVICE: "deletion",
} as const;

/** Of the last operation: what was before it is mended or does not matter any more. */
function ofDeployment({ service, operations }: Symptoms): readonly Finding[] {
  const [last] = operations;
  if (last === undefined || service.status === "CREATE_FAILED" || last.status === "SUCCEEDED") return [];
  const what = WORDS[last.type];
  if (last.endedAtMs === null) {
    return [info(`The ${what} is under way (phase ${last.phase}).`, `Watch it: slipway ops ${service.name}`)];
  }
  const release = service.activeReleaseNumber;
  const stays = release === null ? "" : ` Release ${release} goes on serving.`;
  const message = last.cause?.message ?? "Its cause is not known.";
  return [
    error(
      `The last ${what} failed. ${message}${stays}`,
      `The whole story: slipway ops ${service.name} ${last.id.slice(0, 8)}`,
    ),
  ];
}

interface End {
  /** "1 instance", "3 instances". */
  readonly which: string;
  readonly last: Instance;
  readonly memoryMiB: string;
  readonly lastWords: string;
}

/** Ends that nobody asked for, each with what to do. */
const troubles: Readonly<Partial<Record<InstanceEnd, (end: End) => Finding>>> = {
  "out-of-memory": ({ which, memoryMiB }) =>
    warning(
      `${which} used more than ${memoryMiB} MiB of memory and got killed.`,
      "Give them more memory, or find the leak.",
    ),
  exited: ({ which, last, lastWords }) =>
    warning(`${which} ended by itself, the last one with exit code ${last.exitCode}.`, lastWords),
  unhealthy: ({ which, last, lastWords }) =>
    warning(`${which} stopped passing the health check${problemOf(last)}.`, lastWords),
  "never-healthy": ({ which, last, lastWords }) =>
    warning(`${which} never passed the health check${problemOf(last)}.`, lastWords),
  "start-failed": ({ which, last }) => warning(`${which} could not be started: ${last.endReason}`, null),
  lost: ({ which }) =>
    warning(
      `${which} vanished: something outside of Slipway removed the container.`,
      "Look for a clean-up job such as docker system prune.",
    ),
};

function ofEnds({ end, count, last }: EndCount, { service }: Symptoms): readonly Finding[] {
  const finding = troubles[end]?.({
    which: count === 1 ? "1 instance" : `${count} instances`,
    last,
    memoryMiB: service.configuration.instance.memory,
    lastWords: `Its last words: slipway logs ${service.name} --instance ${last.id.slice(0, 8)}`,
  });
  return finding === undefined ? [] : [finding];
}

function problemOf({ healthProblem }: Instance): string {
  return healthProblem === undefined ? "" : ` (${healthProblem})`;
}

function ofRequests(symptoms: Symptoms): readonly Finding[] {
  const { requests, service } = symptoms;
  const findings: Finding[] = [];
  if (requests.failedCount > requests.count * FAILED_SHARE) {
    findings.push(
      warning(
        `${requests.failedCount} of ${requests.count} requests of the last hour failed (5xx).`,
        `Below are some of them; all: slipway logs ${service.name} --access (with the tag slipway:access-log=on)`,
      ),
    );
  }
  return requests.limitedCount === 0 ? findings : [...findings, ofLimit(symptoms)];
}

function ofLimit({ requests, instances, maxSize }: Symptoms): Finding {
  const alive = instances.filter(isAlive).length;
  const isFull = maxSize !== null && alive >= maxSize;
  return warning(
    `${requests.limitedCount} requests of the last hour were refused (429): all instances were busy${isFull ? `, and there may be only ${maxSize}` : ""}.`,
    isFull
      ? "Raise MaxSize, or MaxConcurrency if an instance can take more at once."
      : "New instances came too late: raise MinSize, or make them start faster.",
  );
}

function ofDomain({ name, status, problem }: CustomDomain): readonly Finding[] {
  if (problem === null) return [];
  const advice = `Look again: slipway domains check ${name}`;
  return status === "active"
    ? [warning(`${name} is served, but: ${problem}`, advice)]
    : [warning(`${name} is not served: ${problem}`, advice)];
}

function error(summary: string, advice: string | null): Finding {
  return { severity: "error", summary, advice };
}

function warning(summary: string, advice: string | null): Finding {
  return { severity: "warning", summary, advice };
}

function info(summary: string, advice: string | null): Finding {
  return { severity: "info", summary, advice };
}
