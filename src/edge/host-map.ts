/**
 * The host map: host name → backend that gets plain requests, queue limit, backend of the slot, backend that gets all other
 * requests (`slot_7_http/25/slot_7_http/slot_7_http`). The first and the last are others where something stands before the
 * slot: `watched/25/slot_7_http/watched`, `closed/…`, `h2c/…`; or instead of it: `refuse_paused/0/refuse_paused/refuse_paused`. The
 * first is `to_https` where plain requests are sent to HTTPS. One value holds all, so that a switch of slot, limit and gate
 * is one atomic `set map` for all of a service's names, and a request costs one look-up. A fifth field tells what is wanted
 * of its requests: `l` all for the access log, `t` traces, `lt`. HAProxy reads that in the logging map, which is made of this
 * one: key (backend of a slot, or host) → the letters. With a guard the first and the fourth are `guarded`, the sixth is who
 * gets what passes it, the seventh what it says (`guard-entry.ts`): `guarded/25/slot_7/guarded//closed/b:1000`.
 * A private service has `unknown_host` first and `misdirected` fourth, and an eighth field with what would stand there:
 * `unknown_host/25/slot_7/misdirected////slot_7`.
 * The check-path map: backend → path of its HTTP health checks.
 */
import { SlipwayError } from "../domain/error.ts";
import type { InstanceProtocol } from "../domain/instance.ts";
import type { Gate } from "../domain/scaling.ts";
import type { RefusalReason, Route } from "../ports/edge.ts";
import type { RequestLogging } from "../ports/request-log.ts";
import type { RouteGuard } from "../ports/route-guard.ts";
import type { NameEntry } from "../ports/edge-tls.ts";
import { formatGuard, parseGuard } from "./guard-entry.ts";
import { backendName, type CheckKind, parseBackendName, type ServerLine } from "./slot-file.ts";

/** A route, and which of the slot's two backends answers. */
export type HostEntry = {
  /** Only the internal listeners lead to it. */
  readonly isPrivate?: true;
  readonly logging?: RequestLogging;
  readonly guard?: RouteGuard;
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
const GUARDED = "guarded";
/** Who asks for a private service from outside: as if there were none, plain and over TLS. */
const UNKNOWN_HOST = "unknown_host";
const MISDIRECTED = "misdirected";

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
  const told = { ...withLogging(route.logging), ...withGuard(route.guard), ...withPrivacy(route) };
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
  const told = { ...withLogging(entry.logging), ...withGuard(entry.guard), ...withPrivacy(entry) };
  return entry.kind === "refuse"
    ? { kind: "refuse", reason: entry.reason, ...told }
    : { kind: "slot", slot: entry.slot, queueLimit: entry.queueLimit, gate: entry.gate, ...told };
}

export function formatHostEntry(entry: HostEntry, onHttp: OnHttp): string {
  if (entry.isPrivate !== true) return formatPublic(entry, onHttp);
  const [, queueLimit, slot, entrance, letters = "", inner = "", guard = ""] = formatPublic(
    entry,
    "serve",
  ).split("/");
  return [UNKNOWN_HOST, queueLimit, slot, MISDIRECTED, letters, inner, guard, entrance].join("/");
}

function withPrivacy({ isPrivate }: { readonly isPrivate?: true }): Pick<HostEntry, "isPrivate"> {
  return isPrivate === true ? { isPrivate } : {};
}

function formatPublic(entry: HostEntry, onHttp: OnHttp): string {
  const slot = entry.kind === "refuse" ? `refuse_${entry.reason}` : backendName(entry.slot, entry.check);
  const queueLimit = entry.kind === "refuse" ? 0 : entry.queueLimit;
  const letters = lettersOf(entry);
  if (entry.guard !== undefined) {
    // Whoever asks under a host that is switched off shall not be told where else.
    const first = onHttp === "redirect" && !entry.guard.isDefaultHostOff ? TO_HTTPS : GUARDED;
    const inner = gateOf(entry) ?? slot;
    return `${first}/${queueLimit}/${slot}/${GUARDED}/${letters}/${inner}/${formatGuard(entry.guard)}`;
  }
  const entrance = entranceOf(entry) ?? slot;
  return `${onHttp === "redirect" ? TO_HTTPS : entrance}/${queueLimit}/${slot}/${entrance}${letters === "" ? "" : `/${letters}`}`;
}

function withGuard(guard: RouteGuard | undefined): Pick<HostEntry, "guard"> {
  return guard === undefined ? {} : { guard };
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
  return gateOf(entry) ?? (entry.protocol === H2C ? H2C : null);
}

function gateOf(entry: HostEntry): Gate | null {
  return entry.kind === "slot" && entry.gate !== "open" ? entry.gate : null;
}

/**
 * null for a value that is none of ours. Whether plain requests are sent to HTTPS is known elsewhere. Without a fourth field
 * it is from before there was TLS, without a third from before there were gates.
 */
export function parseHostEntry(value: string): HostEntry | null {
  if (!value.startsWith(`${UNKNOWN_HOST}/`)) return parsePublic(value);
  const [, queueLimit, slot, fourth, letters, inner = "", guard = "", entrance, ...more] = value.split("/");
  if (fourth !== MISDIRECTED || entrance === undefined || more.length > 0) return null;
  const guarded = guard === "" ? [] : [inner, guard];
  const entry = parsePublic([entrance, queueLimit, slot, entrance, letters, ...guarded].join("/"));
  return entry === null ? null : { ...entry, isPrivate: true };
}

function parsePublic(value: string): HostEntry | null {
  const [first = "", limit = "", slot = first, entrance = first, letters = "", ...guarded] = value.split("/");
  const beforeSlot = entrance === GUARDED ? (guarded[0] ?? "") : entrance;
  const told = parseTold(letters, entrance, guarded);
  if (told === null) return null;
  const reason = refusalReasons.find((known) => slot === `refuse_${known}`);
  if (reason !== undefined) return { kind: "refuse", reason, ...told };
  const isWhole = /^\d{1,7}$/.test(limit) && (first === TO_HTTPS || first === entrance);
  const place = isWhole ? parsePlace(slot, beforeSlot) : null;
  return place === null ? null : { kind: "slot", ...place, queueLimit: Number(limit), ...told };
}

/** A guard has two fields of its own. Null for what is not ours. */
function parseTold(
  letters: string,
  entrance: string,
  [, text, ...more]: readonly string[],
): Pick<HostEntry, "logging" | "guard"> | null {
  const isKnown = /^(?:|l|t|lt)$/.test(letters) && more.length === 0;
  const guard = text === undefined ? undefined : (parseGuard(text) ?? undefined);
  if (!isKnown || (entrance === GUARDED) !== (guard !== undefined)) return null;
  const logging = { hasAccessLog: letters.includes("l"), isTraced: letters.includes("t") };
  return { ...withLogging(logging), ...withGuard(guard) };
}

function parsePlace(slot: string, beforeSlot: string) {
  const backend = parseBackendName(slot);
  const gate = gates.find((known) => known === beforeSlot) ?? "open";
  if (backend === null || (gate === "open" && beforeSlot !== slot && beforeSlot !== H2C)) return null;
  const protocol: InstanceProtocol = beforeSlot === H2C ? H2C : "http1";
  return { slot: backend.slot, check: backend.kind, protocol, gate };
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
