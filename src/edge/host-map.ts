/**
 * The host map: host name → backend that gets the request, queue limit, backend of the slot (`slot_7_http/25/slot_7_http`).
 * The first is another one where something stands before the slot: `watched/25/slot_7_http`, `closed/25/slot_7_http`; or
 * instead of it: `refuse_paused/0/refuse_paused`. One value holds all, so that a switch of slot, limit and gate is one
 * atomic `set map`, and a request costs one look-up.
 * The check-path map: backend → path of its HTTP health checks.
 */
import { SlipwayError } from "../domain/error.ts";
import type { Gate } from "../domain/scaling.ts";
import type { RefusalReason, Route } from "../ports/edge.ts";
import { backendName, type CheckKind, parseBackendName } from "./slot-file.ts";

/** A route, and which of the slot's two backends answers. */
export type HostEntry =
  | {
      readonly kind: "slot";
      readonly slot: number;
      readonly check: CheckKind;
      readonly queueLimit: number;
      readonly gate: Gate;
    }
  | { readonly kind: "refuse"; readonly reason: RefusalReason };

export const refusalReasons: readonly RefusalReason[] = ["paused", "starting", "failed"];

const gates: readonly Gate[] = ["watched", "closed"];

const HOST = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;
const MAX_QUEUE_LIMIT = 1_000_000;

/** The host name as the map holds it. Throws InvalidParameter: it becomes part of a command. */
export function mapKey(host: string): string {
  const key = host.toLowerCase().replace(/\.$/, "");
  if (HOST.test(key)) return key;
  throw new SlipwayError("InvalidParameter", { path: "host", problem: `"${host}" is not a host name` });
}

export function hostEntry(route: Route, check: CheckKind): HostEntry {
  if (route.kind === "refuse") return { kind: "refuse", reason: route.reason };
  const { slot, queueLimit, gate } = route;
  if (Number.isInteger(queueLimit) && queueLimit >= 0 && queueLimit <= MAX_QUEUE_LIMIT) {
    return { kind: "slot", slot, check, queueLimit, gate };
  }
  throw new SlipwayError("InvalidParameter", {
    path: "queueLimit",
    problem: `${queueLimit} is not a queue limit`,
  });
}

export function routeOf(entry: HostEntry): Route {
  return entry.kind === "refuse"
    ? { kind: "refuse", reason: entry.reason }
    : { kind: "slot", slot: entry.slot, queueLimit: entry.queueLimit, gate: entry.gate };
}

export function formatHostEntry(entry: HostEntry): string {
  if (entry.kind === "refuse") return `refuse_${entry.reason}/0/refuse_${entry.reason}`;
  const backend = backendName(entry.slot, entry.check);
  return `${entry.gate === "open" ? backend : entry.gate}/${entry.queueLimit}/${backend}`;
}

/** null for a value that is none of ours. Without a third field it is from before there were gates. */
export function parseHostEntry(value: string): HostEntry | null {
  const reason = refusalReasons.find((known) => value.split("/", 1)[0] === `refuse_${known}`);
  if (reason !== undefined) return { kind: "refuse", reason };
  const match = /^([a-z_0-9]+)\/(\d{1,7})(?:\/([a-z_0-9]+))?$/.exec(value);
  const [, first = "", queueLimit, third = first] = match ?? [];
  const backend = parseBackendName(third);
  if (backend === null) return null;
  const gate = gates.find((known) => known === first) ?? "open";
  if (gate === "open" && first !== third) return null;
  return { kind: "slot", slot: backend.slot, check: backend.kind, queueLimit: Number(queueLimit), gate };
}

export function renderHostMap(entries: ReadonlyMap<string, HostEntry>): string {
  return renderMap([...entries].map(([host, entry]) => [host, formatHostEntry(entry)]));
}

/** What a host map's file says, and the lines that say nothing we understand. */
export function parseHostMap(text: string): {
  readonly entries: Map<string, HostEntry>;
  readonly broken: string[];
} {
  const entries = new Map<string, HostEntry>();
  const broken: string[] = [];
  for (const line of text.split("\n").filter((line) => line !== "")) {
    const [host = "", value = "", ...rest] = line.split(" ");
    const entry = rest.length === 0 && HOST.test(host) ? parseHostEntry(value) : null;
    if (entry === null) broken.push(line);
    else entries.set(host, entry);
  }
  return { entries, broken };
}

export function renderMap(entries: Iterable<readonly [string, string]>): string {
  return [...entries].map(([key, value]) => `${key} ${value}\n`).join("");
}

/** A health check's path as one word without anything HAProxy's command line or map files give a meaning to. */
export function encodeCheckPath(path: string): string {
  const rooted = path.startsWith("/") ? path : `/${path}`;
  return rooted.replaceAll(/[^A-Za-z0-9/._~%?=&+,:@!$*-]/gu, percentEncode);
}

/** Also what `encodeURIComponent` leaves alone, such as the apostrophe. */
function percentEncode(character: string): string {
  return Buffer.from(character)
    .toString("hex")
    .replaceAll(/../g, (byte) => `%${byte.toUpperCase()}`);
}

export function parseCheckPaths(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [backend = "", path = "", ...rest] = line.split(" ");
    const isOurs = rest.length === 0 && parseBackendName(backend) !== null;
    if (isOurs && path.startsWith("/") && encodeCheckPath(path) === path) paths.set(backend, path);
  }
  return paths;
}
