/**
 * Why a service does what it does: what was seen of it, put into findings with the next thing to do, the gravest first. Pure.
 */
import type { CustomDomain } from "./custom-domain.ts";
import { type EndSymptoms, ofEnds } from "./ends-diagnosis.ts";
import { countOf, error, type Finding, info, warning } from "./finding.ts";
import { type Instance, isAlive } from "./instance.ts";

/** Below, single failures are not worth a line beside everything else. */
const FAILED_SHARE = 0.001;
const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
/** Why the edge refuses a request, and the tag that asks for it. */
const GUARDS = {
  "guard-host": "default-host",
  "guard-address": "allow-cidrs",
  "guard-path": "deny-paths",
  "guard-password": "basic-auth",
  "guard-rate": "rate-limit",
  "guard-body": "max-body",
} as const;

/** What was seen of one service. */
export interface Symptoms extends EndSymptoms {
  readonly domains: readonly CustomDomain[];
  readonly requests: RequestCounts;
  /** Instances the service may have at most; null where it is not scaled. */
  readonly maxSize: number | null;
  /** Rests at zero until somebody calls. */
  readonly isAtZero: boolean;
  /** Each of its requests is written down. */
  readonly hasAccessLog: boolean;
  /** From when on an instance that ended may be replaced; in the past when nothing keeps it from being. */
  readonly nextStartMs: number;
  /** Why nobody gets in by a password that its tags ask for. */
  readonly passwordProblem: string | null;
}

export interface RequestCounts {
  /** An hour ago, or the control plane's start if that was later. */
  readonly sinceMs: number;
  /** Made of a sample. */
  readonly isEstimated: boolean;
  readonly count: number;
  readonly failedCount: number;
  readonly limitedCount: number;
  /** Why requests ended before their time. */
  readonly cuts?: Readonly<Record<string, number>>;
}

const SEVERITIES: readonly Finding["severity"][] = ["error", "warning", "info"];

/** Never empty: a service without a fault is told as one. */
export function diagnose(symptoms: Symptoms): readonly Finding[] {
  const findings = [
    ...ofStatus(symptoms),
    ...ofDeployment(symptoms),
    ...ofEnds(symptoms),
    ...ofPasswords(symptoms),
    ...ofRequests(symptoms),
    ...symptoms.domains.flatMap(ofDomain),
  ];
  const paused = ofPause(symptoms);
  if (findings.length + paused.length === 0) return [info("Nothing wrong was seen.", null)];
  const bySeverity = findings.toSorted(
    (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
  );
  return [...paused, ...bySeverity];
}

/** Before all else: it explains why nothing serves, whatever else was found. */
function ofPause({ service: { name, status } }: Symptoms): readonly Finding[] {
  return status === "PAUSED" ? [info("The service is paused.", `Go on: slipway resume ${name}`)] : [];
}

function ofStatus({ service, instances, isAtZero, operations }: Symptoms): readonly Finding[] {
  const { name, status } = service;
  if (status === "CREATE_FAILED") {
    const failed = operations.find(({ cause }) => cause !== null);
    const message = failed?.cause?.message ?? "";
    const story =
      failed === undefined ? "" : ` The whole story: slipway ops ${name} ${failed.id.slice(0, 8)}`;
    const advice = `Mend that and deploy again: slipway deploy --name ${name} keeps what is not said.${story}`;
    return [error(`The service could not be created. ${message}`, advice)];
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
    const underWay = info(
      `The ${what} is under way (phase ${last.phase}).`,
      `Watch it: slipway ops ${service.name}`,
    );
    return [{ ...underWay, operationId: last.id }];
  }
  const release = service.activeReleaseNumber;
  const stays = release === null ? "" : ` Release ${release} goes on serving.`;
  const message = last.cause?.message ?? "Its cause is not known.";
  const failed = error(
    `The last ${what} failed. ${message}${stays}`,
    `The whole story: slipway ops ${service.name} ${last.id.slice(0, 8)}`,
  );
  return [{ ...failed, operationId: last.id }];
}

/** A paused service refuses all requests: that is no failure of it. */
function ofRequests(symptoms: Symptoms): readonly Finding[] {
  const { requests, service } = symptoms;
  if (service.status === "PAUSED") return [];
  const failed = requests.failedCount > requests.count * FAILED_SHARE ? [ofFailures(symptoms)] : [];
  const limited = requests.limitedCount === 0 ? [] : [ofLimit(symptoms)];
  return [...failed, ...limited, ...ofGuard(symptoms)];
}

function ofPasswords({ passwordProblem }: Symptoms): readonly Finding[] {
  if (passwordProblem === null) return [];
  return [
    error(
      `slipway:basic-auth asks for a password, and nobody gets in. ${passwordProblem}`,
      "Mend the secret or change the tag: both count within seconds.",
    ),
  ];
}

/** What tags ask the edge to refuse: no fault, but whoever wonders is told. */
function ofGuard({ requests, nowMs }: Symptoms): readonly Finding[] {
  const kept = Object.entries(GUARDS).flatMap(([cut, tag]) => {
    const count = Math.round(requests.cuts?.[cut] ?? 0);
    return count === 0 ? [] : [`${about(requests)}${count} by slipway:${tag}`];
  });
  if (kept.length === 0) return [];
  return [
    info(
      `The edge kept requests ${spanOf(requests, nowMs)} from the service: ${kept.join(", ")}.`,
      "Were they meant to come through, change the service's tags.",
    ),
  ];
}

function ofFailures({ requests, service, nowMs, hasAccessLog }: Symptoms): Finding {
  const all = `slipway logs ${service.name} --access${hasAccessLog ? "" : " (with the tag slipway:access-log=on)"}`;
  const [failed, count] = [Math.round(requests.failedCount), Math.round(requests.count)];
  return warning(
    `${capital(about(requests))}${failed} of ${about(requests)}${countOf(count, "request")} ${spanOf(requests, nowMs)} failed (5xx).`,
    `Below are some of them; all: ${all}`,
  );
}

/** What goes before a count. */
function about({ isEstimated }: RequestCounts): string {
  return isEstimated ? "about " : "";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Counts are in memory: after a start they say less than an hour. */
function spanOf({ sinceMs }: RequestCounts, nowMs: number): string {
  const minutes = Math.floor((nowMs - sinceMs) / MINUTE_MS);
  if (minutes >= HOUR_MINUTES - 1) return "of the last hour";
  const ago = minutes < 1 ? "less than a minute" : countOf(minutes, "minute");
  return `since Slipway's start ${ago} ago`;
}

function ofLimit({ requests, instances, maxSize, nowMs }: Symptoms): Finding {
  const alive = instances.filter(isAlive).length;
  const isFull = maxSize !== null && alive >= maxSize;
  const count = Math.round(requests.limitedCount);
  return warning(
    `${capital(about(requests))}${countOf(count, "request")} ${spanOf(requests, nowMs)} ${count === 1 ? "was" : "were"} refused (429): all instances were busy${isFull ? `, and there may be only ${maxSize}` : ""}.`,
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
