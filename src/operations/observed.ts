/** What `plan` sees of one service: the record and the observations, "unknown" being a value that means hold. */
import type { ProbeResult } from "../domain/health-check.ts";
import type { Instance, InstanceActivity } from "../domain/instance.ts";
import type { Operation } from "../domain/operation.ts";
import type { Release } from "../domain/release.ts";
import type { ScaleWish } from "../domain/scaling.ts";
import type { Service, SlotColour } from "../domain/service.ts";
import type { InstanceExit } from "../ports/container-engine.ts";
import type { Route, ServerState } from "../ports/edge.ts";
import type { RouteGuard } from "../ports/route-guard.ts";
import type { Deadlines } from "./deadlines.ts";

export interface Observed {
  readonly service: Service;
  /** The open operation; a delete that overtakes a create has ended that before. */
  readonly operation: Operation | null;
  /** The active release, the open operation's, and those of the live instances. */
  readonly releases: ReadonlyMap<number, Release>;
  /** Live rows: not stopped. */
  readonly instances: readonly Instance[];
  /** Newest rows of any state, newest first: the memory of a crash loop. */
  readonly history: readonly Instance[];
  readonly engine: "unknown" | ReadonlyMap<string, ContainerView>;
  readonly edge: "unknown" | EdgeView;
  readonly health: ReadonlyMap<string, HealthView>;
  /** What the active release shall have; null while it shall have nothing (not there yet, paused, deleted). */
  readonly wish: ScaleWish | null;
  /** Keys of steps that run at this moment. */
  readonly running: ReadonlySet<string>;
  /** Why steps failed lately, by key: for the sentence when a deadline passes. */
  readonly trouble: ReadonlyMap<string, string>;
  /** Between SIGTERM and SIGKILL, from the service's tags as they are now. */
  readonly stopGraceMs: number;
  /** From the service's tags as they are now. */
  readonly hasAccessLog: boolean;
  /** From tags and secrets as they are now; undefined where nothing is kept from the service. */
  readonly guard: RouteGuard | undefined;
  readonly deadlines: Deadlines;
  /** How many starts may be under way. */
  readonly startsAtOnce: number;
}

export type ContainerView =
  | { readonly state: "running" }
  | { readonly state: "created" }
  | { readonly state: "exited"; readonly exit: InstanceExit };

export interface EdgeView {
  /** Null: the host name answers 404. */
  readonly route: Route | null;
  /** Servers in the service's two slots. */
  readonly servers: readonly EdgeServerView[];
}

export type EdgeServerView = ServerState & { readonly slot: number };

export type ProbeFailure = Extract<ProbeResult, { isHealthy: false }>;

export interface HealthView {
  readonly verdict: "unknown" | "passing" | "failing";
  readonly problem: ProbeFailure | null;
  /** Since when the instance answers its HTTP check wrongly; null when it does not answer, or answers well. */
  readonly wrongSinceMs: number | null;
}

export const NO_HEALTH: HealthView = { verdict: "unknown", problem: null, wrongSinceMs: null };

export function healthOf(observed: Observed, instanceId: string): HealthView {
  return observed.health.get(instanceId) ?? NO_HEALTH;
}

export function isRunningStep(observed: Observed, name: string, subject: string): boolean {
  return observed.running.has(`${name}:${subject}`);
}

export function slotOf(service: Service, colour: SlotColour): number | null {
  return service.slots === null ? null : service.slots[colour];
}

/** The server of an instance in the edge; "unknown" when the edge does not answer. */
export function serverOf(observed: Observed, instanceId: string): EdgeServerView | null | "unknown" {
  if (observed.edge === "unknown") return "unknown";
  return observed.edge.servers.find((server) => server.instanceId === instanceId) ?? null;
}

/** Members of a release's set: alive and staying. */
export function membersOf(observed: Observed, releaseNumber: number): readonly Instance[] {
  return observed.instances.filter((row) => row.releaseNumber === releaseNumber && isStaying(row));
}

export function isStaying(row: Instance): boolean {
  return row.state !== "draining" && row.state !== "failed" && row.state !== "stopped";
}

export function isServing(row: Instance): boolean {
  return row.state === "ready" || row.state === "idle";
}

export function activityOf(row: Instance): InstanceActivity {
  return row.activity ?? "run";
}

/** Whether the active release shall have instances. */
export function isServingWanted({ service, operation }: Pick<Observed, "service" | "operation">): boolean {
  if (operation === null) return service.status === "RUNNING";
  if (operation.type === "DELETE_SERVICE") return false;
  if (operation.type === "PAUSE_SERVICE") return operation.cause !== null;
  return operation.type !== "RESUME_SERVICE" || operation.cause === null;
}
