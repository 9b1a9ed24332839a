/** Reads what HAProxy tells of a request (`accessLog` in `base-settings.ts`). Pure. */
import type { RequestCut, RequestRecord, RequestTrace } from "../ports/request-log.ts";
import { parseBackendName } from "./slot-file.ts";

const FIELDS = 26;
/** Of fields that are a number in every line. */
const NUMBERS = [1, 2, 3, 4, 5, 11, 12, 17];
/** Requests that passed a gate or came under another name come in through it a second time. */
const INNER = "passed";
const NONE = "-";
const GUARD_CUTS: Readonly<Record<string, RequestCut>> = {
  host: "guard-host",
  address: "guard-address",
  path: "guard-path",
  "forbidden-path": "guard-path",
  password: "guard-password",
  rate: "guard-rate",
  body: "guard-body",
  length: "guard-body",
};

export interface RequestLine {
  /** Where its count stands: lines of one worker and frontend are counted from 0 on. */
  readonly worker: number;
  readonly frontend: string;
  readonly count: number;
  readonly record: RequestRecord;
}

/** `own`: the service's own host for a name, if any. Null for a line that is none of ours. */
export function parseRequestLine(
  line: string,
  own: (name: string) => string | undefined,
): RequestLine | null {
  const fields = line.split("\t");
  if (fields.length !== FIELDS) return null;
  const at = (index: number): string => fields[index] ?? "";
  if (NUMBERS.some((index) => !/^-?\d+(\.\d+)?$/.test(at(index)))) return null;
  const [count, worker] = [Number(at(1)), Number(at(2))];
  if (!Number.isInteger(count) || !Number.isInteger(worker)) return null;
  return { worker, frontend: at(0), count, record: recordOf(at, own) };
}

function recordOf(at: (index: number) => string, own: (name: string) => string | undefined): RequestRecord {
  const [backend, server, status] = [at(8), at(9), Math.max(0, Number(at(11)))];
  const slot = parseBackendName(backend)?.slot ?? null;
  const isInner = at(0) === INNER;
  const activeMs = Math.max(0, Number(at(17)));
  const heldMs = optional(at(13)) ?? (backend === "closed" ? activeMs : null);
  const beforeMs = isInner ? (heldMs ?? 0) : 0;
  const [seconds, milliseconds] = at(3).split(".");
  const acceptedMs = Number(seconds) * 1000 + Number(milliseconds);
  const host = hostOf(at(24));
  const serviceHost = at(23) === NONE ? (host === null ? undefined : own(host)) : at(23);
  return {
    startedAtMs: acceptedMs + Math.max(0, Number(at(4))) + Math.max(0, Number(at(5))) - beforeMs,
    host,
    ...(serviceHost === undefined ? {} : { serviceHost }),
    slot,
    instanceId: slot === null || server.startsWith("<") || server === NONE ? null : server,
    method: at(10),
    path: at(25),
    status,
    responseBytes: Number(at(12)),
    clientAddress: at(6),
    scheme: at(7) === "https" ? "https" : "http",
    requestId: at(22),
    timings: {
      heldMs,
      queuedMs: optional(at(14)),
      connectMs: optional(at(15)),
      responseMs: optional(at(16)),
      totalMs: activeMs + beforeMs,
    },
    cut: guardCutOf(at(19)) ?? cutOf({ state: at(18), status, backend }),
    trace: traceOf(at(21)),
    isForAccessLog: at(19).startsWith("l"),
    weight: optional(at(20)) ?? 1,
  };
}

function optional(text: string): number | null {
  const value = Number(text);
  return text === NONE || Number.isNaN(value) || value < 0 ? null : value;
}

/** `a.test:80` → `a.test`. */
function hostOf(text: string): string | null {
  const host = text.replace(/:\d*$/, "").toLowerCase();
  return host === "" || host === NONE ? null : host;
}

function traceOf(text: string): RequestTrace | null {
  const [traceId = "", spanId = "", parentSpanId = ""] = text.split(":");
  if (spanId === "") return null;
  return { traceId, spanId, parentSpanId: parentSpanId === "" ? null : parentSpanId };
}

/** What a guard writes behind the letters of the logging map. */
function guardCutOf(told: string): RequestCut | null {
  const verdict = /!([a-z-]+)$/.exec(told)?.[1];
  return GUARD_CUTS[verdict ?? ""] ?? null;
}

/** HAProxy's two letters: who ended it, and in which state it was (R request, Q queue, C connecting, H head, D data). */
function cutOf({
  state,
  status,
  backend,
}: {
  readonly state: string;
  readonly status: number;
  readonly backend: string;
}): RequestCut | null {
  const [who = "", where = ""] = state;
  if (who === "-") return null;
  if (who === "C") return "client-left";
  if (who === "c") return "client-timeout";
  if (who === "s") return where === "Q" ? "queue-timeout" : "instance-timeout";
  if (who === "S" || who === "D") return "instance-closed";
  if (who === "L" || who === "P") return answeredHere(status, backend);
  return "edge-stopped";
}

function answeredHere(status: number, backend: string): RequestCut | null {
  if (status < 400) return null;
  const isServed = parseBackendName(backend) !== null || backend === "closed";
  if (isServed && status === 429) return "queue-full";
  return isServed && status === 503 ? "no-instance" : "refused";
}
