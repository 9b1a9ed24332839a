/** Where the service's host name should lead, and the repair when it leads elsewhere. */
import { isDeepStrictEqual } from "node:util";
import type { Release, ReleaseScale } from "../domain/release.ts";
import { type Gate, queueLimit, type ScaleWish } from "../domain/scaling.ts";
import type { Service, ServiceConfiguration } from "../domain/service.ts";
import type { Route } from "../ports/edge.ts";
import type { RouteGuard } from "../ports/route-guard.ts";
import { nextStartMs } from "./crash-loop.ts";
import { type Decision, NOTHING, act, waitUntil } from "./decision.ts";
import { type Observed, isServing, membersOf } from "./observed.ts";
import type { Step } from "./step.ts";

export type SlotRoute = Extract<Route, { kind: "slot" }>;

const PAUSED: Route = { kind: "refuse", reason: "paused" };
const FAILED: Route = { kind: "refuse", reason: "failed" };
const PASSWORDS_LOOK_MS = 5_000;

export function planRoute(observed: Observed, nowMs: number): Decision {
  if (observed.edge === "unknown") return NOTHING;
  const desired = desiredRoute(observed, nowMs);
  if (desired === "switching" || isSameRoute(desired, observed.edge.route)) return lookAgain(observed, nowMs);
  return act(stepTo(desired, observed.service.host));
}

/** Passwords change with their secret, and nobody tells. */
function lookAgain({ guard }: Observed, nowMs: number): Decision {
  return guard === undefined || guard.passwords === null ? NOTHING : waitUntil(nowMs + PASSWORDS_LOOK_MS);
}

/** With what is wanted of the service's requests and kept from it, as tags and active release say. */
function told(
  route: Route | null | "switching",
  { service, releases, hasAccessLog, guard }: Observed,
): Route | null | "switching" {
  if (route === null || route === "switching") return route;
  const release = releases.get(service.activeReleaseNumber ?? 0);
  const logged = withLogging(route, release, hasAccessLog);
  return withGuard(withPrivacy(logged, (release ?? service).configuration), guard);
}

export function withGuard<Any extends Route>(route: Any, guard: RouteGuard | undefined): Any {
  return guard === undefined ? route : { ...route, guard };
}

/** As the release that serves was made; before the first, as is wished. */
export function withPrivacy<Any extends Route>(route: Any, { network }: ServiceConfiguration): Any {
  return network.isPubliclyAccessible ? route : { ...route, isPrivate: true };
}

/** A release says whether its requests are traced, the service's tags whether they are logged. */
export function withLogging<Any extends Route>(
  route: Any,
  release: Pick<Release, "tracing"> | undefined,
  hasAccessLog: boolean,
): Any {
  const isTraced = release?.tracing !== undefined;
  return hasAccessLog || isTraced ? { ...route, logging: { hasAccessLog, isTraced } } : route;
}

/** "switching": the route is the deployment's business now. Null: the host name answers 404. */
export function desiredRoute(observed: Observed, nowMs: number): Route | null | "switching" {
  return told(wishedRoute(observed, nowMs), observed);
}

function wishedRoute(observed: Observed, nowMs: number): Route | null | "switching" {
  const { service, operation } = observed;
  if (operation === null) return settledRoute(observed, nowMs);
  const { type, cause, phase } = operation;
  if (type === "DELETE_SERVICE") return null;
  if (type === "PAUSE_SERVICE") return cause === null ? PAUSED : activeRoute(observed, nowMs);
  const isSwitching = cause === null && phase === "routing";
  if (type === "RESUME_SERVICE") return isSwitching ? "switching" : PAUSED;
  if (isSwitching && !isCommitted(service, operation.releaseNumber)) return "switching";
  return activeRoute(observed, nowMs) ?? (cause === null ? { kind: "refuse", reason: "starting" } : FAILED);
}

function settledRoute(observed: Observed, nowMs: number): Route | null {
  const { status } = observed.service;
  if (status === "PAUSED") return PAUSED;
  if (status === "CREATE_FAILED") return FAILED;
  return status === "DELETED" || status === "DELETE_FAILED" ? null : activeRoute(observed, nowMs);
}

/** The record says that this release has the traffic. */
export function isCommitted(service: Service, releaseNumber: number | null): boolean {
  return releaseNumber !== null && service.activeReleaseNumber === releaseNumber;
}

function activeRoute(observed: Observed, nowMs: number): Route | null {
  const { service, releases, wish } = observed;
  if (service.slots === null || service.slots.active === null) return null;
  const release = releases.get(service.activeReleaseNumber ?? 0);
  if (release === undefined) return null;
  if (wish?.gate === "closed" && isStartPausing(observed, wish, nowMs)) return FAILED;
  const count = membersOf(observed, release.number).filter(isServing).length;
  return slotRoute(service.slots[service.slots.active], release.scale, { count, gate: wish?.gate ?? "open" });
}

/** Nobody comes soon, for those before have failed again and again: whoever waits at the gate is told. */
function isStartPausing(observed: Observed, { count }: ScaleWish, nowMs: number): boolean {
  const releaseNumber = observed.service.activeReleaseNumber ?? 0;
  if (count === 0 || membersOf(observed, releaseNumber).length > 0) return false;
  return nowMs < nextStartMs(observed.history, { releaseNumber, count }, nowMs);
}

interface Served {
  /** Instances that are there: while others are on their way, requests may wait for them. */
  readonly count: number;
  readonly gate: Gate;
}

/** Unless it is told otherwise, as a set of the smallest size is served. */
export function slotRoute(
  slot: number,
  scale: ReleaseScale,
  { count, gate }: Served = { count: scale.minSize, gate: "open" },
): SlotRoute {
  return { kind: "slot", slot, queueLimit: queueLimit(scale, count), gate };
}

export function isSameRoute(one: Route | null, other: Route | null): boolean {
  if (one === null || other === null) return one === other;
  const isSameLogging =
    (one.logging?.hasAccessLog ?? false) === (other.logging?.hasAccessLog ?? false) &&
    (one.logging?.isTraced ?? false) === (other.logging?.isTraced ?? false);
  if (one.isPrivate !== other.isPrivate) return false;
  if (!isSameLogging || !isDeepStrictEqual(one.guard, other.guard)) return false;
  if (one.kind === "refuse" || other.kind === "refuse") {
    return one.kind === "refuse" && other.kind === "refuse" && one.reason === other.reason;
  }
  return one.slot === other.slot && one.queueLimit === other.queueLimit && one.gate === other.gate;
}

function stepTo(route: Route | null, host: string): Step {
  if (route === null) return { name: "unrouteHost", host };
  if (route.kind === "refuse") return { name: "refuseTraffic", route };
  return { name: "restoreRoute", route };
}
