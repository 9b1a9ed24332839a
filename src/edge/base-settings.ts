/** What HAProxy's configuration is made from, and what all parts of it have in common. */
import type { InternalListener } from "../ports/edge-internal.ts";
import { type ClientSettings, connectionLimit } from "./client-rules.ts";
import type { GateLimits } from "./gate-limits.ts";
import type { EdgeLayout } from "./layout.ts";

export interface BaseSettings {
  readonly layout: EdgeLayout;
  readonly ports: { readonly http: number; readonly https: number };
  /** The supervisor hands over a socket for each address and port: those for HTTP first, from `FIRST_LISTENER_FD` on. */
  readonly addressCount: number;
  readonly maxConnections: number;
  /** Set when started by root: workers drop to this user and are confined to the run directory. */
  readonly worker: { readonly user: string; readonly group: string } | null;
  readonly gate: GateLimits;
  readonly clients: ClientSettings;
  /** For connected services and ingress connections. */
  readonly inside: readonly InsideListener[];
}

export interface InsideListener {
  readonly name: InternalListener["name"];
  readonly address: string;
  readonly port: number;
}

/** Above what the supervisor opens itself. */
export const FIRST_LISTENER_FD = 10;

/** App Runner's limit for one request. HAProxy's timers count silence, so a stream that goes on is let through. */
export const REQUEST_TIMEOUT_S = 120;

/** Of what comes back to us through one of our own sockets, where the same silence counts: the inner side shall end it. */
export const HOP_TIMEOUT_S = REQUEST_TIMEOUT_S + 10;

/**
 * What a line of a request says, tab-separated; `request-line.ts` reads it. Frontend and its count of lines come first, so that
 * it is known what was lost; what clients can make long comes last, for a line is cut after 2,048 bytes. No field can have a
 * tab: `%hrl` (all captured headers: the host) and `%HPO` (the path without query) write it as `#09`.
 */
export function accessLog({
  scheme,
  requestId,
  client = "%[var(sess.client)]",
}: {
  readonly scheme: string;
  readonly requestId: string;
  readonly client?: string;
}): string {
  return [
    "%f",
    "%lc",
    "%pid",
    "%Ts.%ms",
    "%Th",
    "%Ti",
    client,
    scheme,
    "%b",
    "%s",
    "%HM",
    "%ST",
    "%B",
    "%[var(txn.held)]",
    "%Tw",
    "%Tc",
    "%Tr",
    "%Ta",
    "%ts",
    "%[var(txn.told)]",
    "%[var(txn.weight)]",
    "%[var(txn.trace)]",
    requestId,
    "%[var(txn.host)]",
    "%hrl",
    "%HPO",
  ].join("\\t");
}

/** How a worker reaches a socket of the run directory: when confined, that directory is its root. */
export function workerPath(
  { layout, worker }: Pick<BaseSettings, "layout" | "worker">,
  path: string,
): string {
  return worker === null ? path : path.slice(layout.runDirectory.length);
}

/** A `bind` to a socket of our own, for the worker alone, that is told the client's address. */
export function ownBind({ worker }: BaseSettings, path: string, name: string): string {
  const owner = worker === null ? "" : ` user ${worker.user} group ${worker.group}`;
  return `  bind unix@${path} mode 600${owner} accept-proxy name ${name}\n`;
}

/**
 * Connections HAProxy may hold, from the hard limit of file descriptors: each takes two, and checks, listeners and
 * sockets need some too. 40,000 are about 1.4 GB at worst.
 */
export function maxConnections(hardFileLimit: number): number {
  return Math.max(100, Math.min(40_000, Math.floor((hardFileLimit * 0.9 - 500) / 2)));
}

/**
 * Of them for clients of each of the two ports. A request that passes a gate comes in again: were all connections those of
 * clients, none held could ever go on.
 */
export function clientConnections({ maxConnections }: BaseSettings): number {
  return Math.floor(maxConnections * 0.45);
}

/** Of them for each address; 0 for as many as there are. */
export function connectionsPerAddress(settings: BaseSettings): number {
  return connectionLimit(settings.clients, clientConnections(settings));
}
