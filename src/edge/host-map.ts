/**
 * The host map: host name → backend that gets plain requests, queue limit, backend of the slot, backend that gets all other
 * requests (`slot_7_http/25/slot_7_http/slot_7_http`). The first and the last are others where something stands before the
 * slot: `watched/25/slot_7_http/watched`, `closed/…`, `h2c/…`; or instead of it: `refuse_paused/0/refuse_paused/refuse_paused`. The
 * first is `to_https` where plain requests are sent to HTTPS. One value holds all, so that a switch of slot, limit and gate
 * is one atomic `set map` for all of a service's names, and a request costs one look-up. A fifth field tells what is wanted
 * of its requests: `l` all for the access log, `t` traces, `lt`. HAProxy reads that in the logging map, which is made of this
 * one: key (backend of a slot, or host) → the letters.
 * The check-path map: backend → path of its HTTP health checks.
 */
import { SlipwayError } from "../domain/error.ts";
import type { InstanceProtocol } from "../domain/instance.ts";
import type { Gate } from "../domain/scaling.ts";
import type { RefusalReason, Route } from "../ports/edge.ts";
import type { RequestLogging } from "../ports/request-log.ts";
import type { NameEntry } from "../ports/edge-tls.ts";
import { backendName, type CheckKind, parseBackendName, type ServerLine } from "./slot-file.ts";

/** A route, and which of the slot's two backends answers. */
export type HostEntry = {
  readonly logging?: RequestLogging;
} & (
  | {
      readonly kind: "slot";
      readonly slot: number;
      readonly check: CheckKind;
      readonly protocol: InstanceProtocol;
      readonly queueLimit: number;
      readonly gate: Gate;
    }
  | { readonly kind: "refuse"; readonly reason: RefusalReason }
);

export const refusalReasons: readonly RefusalReason[] = ["paused", "starting", "failed"];

const gates: readonly Gate[] = ["watched", "closed"];

const HOST = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;
const MAX_QUEUE_LIMIT = 1_000_000;
const TO_HTTPS = "to_https";
/** Stands before slots whose instances speak HTTP/2. */
const H2C = "h2c";

/** What plain HTTP to a host gets. */
export type OnHttp = NameEntry["onHttp"];

/** The host name as the map holds it. Throws InvalidParameter: it becomes part of a command. */
export function mapKey(host: string): string {
  const key = host.toLowerCase().replace(/\.$/, "");
  if (isHostName(key)) return key;
  throw new SlipwayError("InvalidParameter", { path: "host", problem: `"${host}" is not a host name` });
}

/** In lower case, without a dot at the end. */
export function isHostName(text: string): boolean {
  return HOST.test(text);
}

/** What a slot's instances have in common. */
export type SlotKind = Pick<ServerLine, "kind" | "protocol">;

export function hostEntry(route: Route, { kind: check, protocol }: SlotKind): HostEntry {
  const told = withLogging(route.logging);
  if (route.kind === "refuse") return { kind: "refuse", reason: route.reason, ...told };
  const { slot, queueLimit, gate } = route;
  if (Number.isInteger(queueLimit) && queueLimit >= 0 && queueLimit <= MAX_QUEUE_LIMIT) {
    return { kind: "slot", slot, check, protocol, queueLimit, gate, ...told };
  }
  throw new SlipwayError("InvalidParameter", {
    path: "queueLimit",
    problem: `${queueLimit} is not a queue limit`,
  });
}

export function routeOf(entry: HostEntry): Route {
  const told = withLogging(entry.logging);
  return entry.kind === "refuse"
    ? { kind: "refuse", reason: entry.reason, ...told }
    : { kind: "slot", slot: entry.slot, queueLimit: entry.queueLimit, gate: entry.gate, ...told };
}

export function formatHostEntry(entry: HostEntry, onHttp: OnHttp): string {
  const slot = entry.kind === "refuse" ? `refuse_${entry.reason}` : backendName(entry.slot, entry.check);
  const entrance = entranceOf(entry) ?? slot;
  const queueLimit = entry.kind === "refuse" ? 0 : entry.queueLimit;
  const letters = lettersOf(entry);
  return `${onHttp === "redirect" ? TO_HTTPS : entrance}/${queueLimit}/${slot}/${entrance}${letters === "" ? "" : `/${letters}`}`;
}

function lettersOf({ logging }: HostEntry): string {
  return `${logging?.hasAccessLog === true ? "l" : ""}${logging?.isTraced === true ? "t" : ""}`;
}

/** Nothing where nothing is wanted. */
function withLogging(logging: RequestLogging | undefined): Pick<HostEntry, "logging"> {
  return logging?.hasAccessLog === true || logging?.isTraced === true ? { logging } : {};
}

/** The logging map: of each host with letters its name, and the backend of its slot. */
export function loggingValues(entries: ReadonlyMap<string, HostEntry>): ReadonlyMap<string, string> {
  const wanted = [...entries].filter(([, entry]) => lettersOf(entry) !== "");
  return new Map(wanted.flatMap(([host, entry]) => loggingKeys(host, entry)));
}

function loggingKeys(host: string, entry: HostEntry): readonly (readonly [string, string])[] {
  const letters = lettersOf(entry);
  if (entry.kind === "refuse") return [[host, letters]];
  return [
    [host, letters],
    [backendName(entry.slot, entry.check), letters],
  ];
}

/** Null: the slot itself. What passes a gate may go to instances of every protocol. */
function entranceOf(entry: HostEntry): string | null {
  if (entry.kind === "refuse") return null;
  if (entry.gate !== "open") return entry.gate;
  return entry.protocol === H2C ? H2C : null;
}

/**
 * null for a value that is none of ours. Whether plain requests are sent to HTTPS is known elsewhere. Without a fourth field
 * it is from before there was TLS, without a third from before there were gates.
 */
export function parseHostEntry(value: string): HostEntry | null {
  const [first = "", , slot = first, entrance = first, letters = ""] = value.split("/");
  const isKnown = /^(?:|l|t|lt)$/.test(letters);
  if (!isKnown) return null;
  const told = withLogging({ hasAccessLog: letters.includes("l"), isTraced: letters.includes("t") });
  const reason = refusalReasons.find((known) => slot === `refuse_${known}`);
  if (reason !== undefined) return { kind: "refuse", reason, ...told };
  const queueLimit = /^[a-z_0-9]+\/(\d{1,7})(?:\/[a-z_0-9]+){0,3}$/.exec(value)?.[1];
  const backend = parseBackendName(slot);
  if (queueLimit === undefined || backend === null) return null;
  if (first !== TO_HTTPS && first !== entrance) return null;
  const gate = gates.find((known) => known === entrance) ?? "open";
  if (gate === "open" && entrance !== slot && entrance !== H2C) return null;
  const protocol = entrance === H2C ? H2C : "http1";
  const { slot: number, kind: check } = backend;
  return { kind: "slot", slot: number, check, protocol, queueLimit: Number(queueLimit), gate, ...told };
}

/** The map as HAProxy shall have it. */
export function hostValues(
  entries: ReadonlyMap<string, HostEntry>,
  onHttp: (host: string) => OnHttp,
): ReadonlyMap<string, string> {
  return new Map([...entries].map(([host, entry]) => [host, formatHostEntry(entry, onHttp(host))]));
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
