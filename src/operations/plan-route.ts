/** Where the service's host name should lead, and the repair when it leads elsewhere. */
import type { Service } from "../domain/service.ts";
import type { Route } from "../ports/edge.ts";
import { type Decision, NOTHING, act } from "./decision.ts";
import type { Observed } from "./observed.ts";
import type { Step } from "./step.ts";

const PAUSED: Route = { kind: "refuse", reason: "paused" };

export function planRoute(observed: Observed): Decision {
  if (observed.edge === "unknown") return NOTHING;
  const desired = desiredRoute(observed);
  if (desired === "switching" || isSameRoute(desired, observed.edge.route)) return NOTHING;
  return act(stepTo(desired, observed.service.host));
}

/** "switching": the route is the deployment's business now. Null: the host name answers 404. */
export function desiredRoute(observed: Observed): Route | null | "switching" {
  const { service, operation } = observed;
  if (operation === null) return settledRoute(observed);
  const { type, cause, phase } = operation;
  if (type === "DELETE_SERVICE") return null;
  if (type === "PAUSE_SERVICE") return cause === null ? PAUSED : activeRoute(observed);
  const isSwitching = cause === null && phase === "routing";
  if (type === "RESUME_SERVICE") return isSwitching ? "switching" : PAUSED;
  if (isSwitching && !isCommitted(service, operation.releaseNumber)) return "switching";
  return activeRoute(observed) ?? { kind: "refuse", reason: cause === null ? "starting" : "failed" };
}

function settledRoute(observed: Observed): Route | null {
  const { status } = observed.service;
  if (status === "PAUSED") return PAUSED;
  if (status === "CREATE_FAILED") return { kind: "refuse", reason: "failed" };
  return status === "DELETED" || status === "DELETE_FAILED" ? null : activeRoute(observed);
}

/** The record says that this release has the traffic. */
export function isCommitted(service: Service, releaseNumber: number | null): boolean {
  return releaseNumber !== null && service.activeReleaseNumber === releaseNumber;
}

function activeRoute({ service, releases }: Observed): Route | null {
  if (service.slots === null || service.slots.active === null) return null;
  const release = releases.get(service.activeReleaseNumber ?? 0);
  if (release === undefined) return null;
  return slotRoute(service.slots[service.slots.active], release.scale.maxConcurrency);
}

/** One instance's worth of requests may wait; App Runner answers 429 at once, we smooth over a moment. */
export function slotRoute(slot: number, maxConcurrency: number): Extract<Route, { kind: "slot" }> {
  return { kind: "slot", slot, queueLimit: maxConcurrency, gate: "open" };
}

export function isSameRoute(one: Route | null, other: Route | null): boolean {
  if (one === null || other === null) return one === other;
  if (one.kind === "slot") {
    return (
      other.kind === "slot" &&
      one.slot === other.slot &&
      one.queueLimit === other.queueLimit &&
      one.gate === other.gate
    );
  }
  return other.kind === "refuse" && one.reason === other.reason;
}

function stepTo(route: Route | null, host: string): Step {
  if (route === null) return { name: "unrouteHost", host };
  if (route.kind === "refuse") return { name: "refuseTraffic", reason: route.reason };
  return { name: "restoreRoute", slot: route.slot, queueLimit: route.queueLimit };
}
