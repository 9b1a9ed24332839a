/**
 * What the heart needs from the data plane: where requests for a host name go, and which instances stand behind it.
 * Implementations: HAProxy (`edge/`), and a fake for unit tests; both pass `edge.contract.ts`.
 *
 * A service owns two slots (blue, green). A deployment fills the spare slot and then switches its host names over in one
 * atomic act. Every change survives a crash of proxy or control plane: it is on disk before the call returns.
 * All acts are idempotent.
 */
import type { HealthCheck, ProbeResult } from "../domain/health-check.ts";
import type { InstanceProtocol } from "../domain/instance.ts";
import type { Gate } from "../domain/scaling.ts";
import type { RequestLogging } from "./request-log.ts";
import type { RouteGuard } from "./route-guard.ts";

export interface Edge {
  /**
   * Makes sure the data plane runs (adopts a running one), serves what is on disk, and has at least this many slots.
   * Throws EdgeUnavailable with what to do (port taken, no permission).
   */
  prepare(request: { readonly minimumSlots: number }, signal: AbortSignal): Promise<void>;
  facts(): EdgeFacts;

  /** What the data plane serves now, read from the running proxy. "unknown" when it does not answer. */
  observe(signal: AbortSignal): Promise<EdgeState | "unknown">;
  /** The same for a few slots and all their hosts: the cost grows with the slots asked for. */
  observeSlots(
    slots: readonly number[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, SlotState> | "unknown">;
  /** Where this host leads; null: nowhere. It costs the same however many hosts there are. */
  observeRoute(host: string, signal: AbortSignal): Promise<Route | null | "unknown">;

  /** Adds a server that takes traffic at once, when its slot is routed to. */
  addServer(slot: number, server: EdgeServer, signal: AbortSignal): Promise<void>;
  /** No new requests for this server; those in flight go on. */
  drainServer(slot: number, instanceId: string, signal: AbortSignal): Promise<void>;
  /** Takes the server out. Requests still in flight are cut; drain and wait first. */
  removeServer(slot: number, instanceId: string, signal: AbortSignal): Promise<void>;

  /**
   * Whether the edge checks the server's health. One that is not checked (its instance is frozen) counts as up. Nothing
   * happens when the server is not there.
   */
  setServerCheck(slot: number, instanceId: string, isOn: boolean, signal: AbortSignal): Promise<void>;

  /** Sends a host name's requests to a slot or to a fixed answer. One atomic act, also when it was routed before. */
  setRoute(host: string, route: Route, signal: AbortSignal): Promise<void>;
  /** The host name answers 404 from now on. */
  removeRoute(host: string, signal: AbortSignal): Promise<void>;

  /** One probe, from the edge's side, exactly as the health check says. Never throws but on abort. */
  probe(target: ProbeTarget, signal: AbortSignal): Promise<ProbeResult>;
}

export interface EdgeFacts {
  readonly httpAddress: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly version: string;
}

export interface EdgeServer {
  readonly instanceId: string;
  readonly address: string;
  readonly port: number;
  /** Requests at once; more wait in the slot's queue. */
  readonly maxConcurrency: number;
  /** Never another one for an instance that is there. */
  readonly protocol: InstanceProtocol;
  /** The safety net that works while the control plane is away. */
  readonly healthCheck: HealthCheck;
}

export type Route = {
  /** Absent: no more than a sample. */
  readonly logging?: RequestLogging;
  /** Only internal names lead to it; its own host and its custom domains answer as if there were no such service. */
  readonly isPrivate?: true;
  /** What is kept from the service; absent: nothing. Paid for by its own requests only. */
  readonly guard?: RouteGuard;
} & (
  | {
      readonly kind: "slot";
      readonly slot: number;
      /** Requests that may wait when all instances are busy; the rest get 429. */
      readonly queueLimit: number;
      /**
       * "open": nothing stands in the way. "watched": each request passes, and is told of (`EdgeTraffic.arrivals`). "closed":
       * requests wait in the edge until the gate is opened, and are told of. Watched and closed cost a request some
       * tenths of a millisecond.
       */
      readonly gate: Gate;
    }
  /** Answers 503 with this reason (one line of text). */
  | { readonly kind: "refuse"; readonly reason: RefusalReason }
);

/** Why a known host is not served at the moment. */
export type RefusalReason = "paused" | "starting" | "failed";

export interface ServerState {
  readonly instanceId: string;
  readonly address: string;
  readonly port: number;
  readonly maxConcurrency: number;
  readonly isDraining: boolean;
  readonly isChecked: boolean;
  /** The edge's own opinion; "unknown" until its first check. */
  readonly health: "up" | "down" | "unknown";
  /** Requests in flight over all proxy processes, also old ones after a reload. */
  readonly inFlight: number;
}

export interface SlotState {
  readonly servers: readonly ServerState[];
  readonly queued: number;
}

export interface EdgeState {
  readonly routes: ReadonlyMap<string, Route>;
  /** Those with instances. How many requests wait is told only of slots that are asked for. */
  readonly slots: ReadonlyMap<number, Pick<SlotState, "servers">>;
}

export interface ProbeTarget {
  readonly address: string;
  readonly port: number;
  /** Of HTTP checks. */
  readonly protocol: InstanceProtocol;
  readonly healthCheck: HealthCheck;
}
