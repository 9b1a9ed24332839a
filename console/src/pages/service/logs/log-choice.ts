/** Which log is looked at, and what of it: in the address, so that a link shows the same. Pure. */
import { lastMs } from "../../../parts/last.ts";
import type { LogQuery } from "./log-source.ts";

export const LOG_KINDS = ["application", "deployments", "events", "requests"] as const;
export type LogKind = (typeof LOG_KINDS)[number];

export interface LogChoice {
  readonly kind: LogKind;
  /** Instance or operation; null: all instances, the newest operation. */
  readonly part: string | null;
  readonly pattern: string;
  /** Relative, as `3h`; null otherwise. */
  readonly last: string | null;
  readonly fromMs: number | null;
  readonly untilMs: number | null;
  /** The moment to look at. */
  readonly atMs: number | null;
  /** Of the lines of that moment the one that is meant. */
  readonly lineId: string | null;
}

export function readChoice(get: (name: string) => string | null): LogChoice {
  const kind = LOG_KINDS.find((one) => one === get("log")) ?? "application";
  const part = get("part");
  const last = get("last");
  return {
    kind,
    part: part !== null && /^[0-9a-f]{32}$/.test(part) ? part : null,
    pattern: get("filter") ?? "",
    last: last !== null && lastMs(last) !== null ? last : null,
    fromMs: momentOf(get("from")),
    untilMs: momentOf(get("until")),
    atMs: momentOf(get("at")),
    lineId: get("line"),
  };
}

function momentOf(text: string | null): number | null {
  const ms = Number(text ?? Number.NaN);
  return Number.isSafeInteger(ms) && ms >= 0 ? ms : null;
}

interface LoggedService {
  readonly ServiceName: string;
  readonly ServiceId: string;
}

const GROUPS = {
  application: "application",
  deployments: "service",
  events: "service",
  requests: "access",
} as const;

export function logGroup(service: LoggedService, kind: LogKind): string {
  return `/aws/apprunner/${service.ServiceName}/${service.ServiceId}/${GROUPS[kind]}`;
}

/** `part`: the instance or operation, where the choice left it open. */
export function queryOf(
  service: LoggedService,
  choice: LogChoice,
  { part, nowMs }: { readonly part: string | null; readonly nowMs: number },
): LogQuery {
  const { kind, pattern, last, fromMs, untilMs } = choice;
  return {
    group: logGroup(service, kind),
    stream: streamOf(kind, part),
    pattern,
    startMs: last === null ? (fromMs ?? 0) : nowMs - (lastMs(last) ?? 0),
    endMs: last === null ? untilMs : null,
  };
}

function streamOf(kind: LogKind, part: string | null): string | null {
  if (kind === "events") return "events";
  if (kind === "application") return part === null ? null : `instance/${part}`;
  return kind === "deployments" ? `deployment/${part}` : null;
}

/** The id behind a stream's kind: `instance/3f2a…` → `3f2a…`. */
export function idInStream(stream: string): string {
  return stream.slice(stream.indexOf("/") + 1);
}
