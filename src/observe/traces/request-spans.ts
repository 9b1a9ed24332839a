/** The spans of one request, by OpenTelemetry's semantic conventions for HTTP. Pure. */
import type { RequestTrace, ServiceRequest } from "../../ports/request-log.ts";
import type { Span } from "./span.ts";

/** What the edge does in less has no span of its own. */
const SHORTEST_PART_MS = 1;
/** So that what waits is bounded. */
const LONGEST_PATH = 1024;
/** Semantic conventions: other methods are `_OTHER`, so that nobody makes a thousand of them. */
const METHODS = new Set([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "QUERY",
  "TRACE",
]);

/** The request's own span first. None where it is not traced. `newSpanId`: 16 hex, of a part. */
export function spansOf(request: ServiceRequest, newSpanId: () => string): readonly Span[] {
  if (request.trace === null) return [];
  const trace = copyOfTrace(request.trace);
  return [requestSpan(request, trace), ...partSpans(request, trace, newSpanId)];
}

function copyOfTrace({ traceId, spanId, parentSpanId }: RequestTrace): RequestTrace {
  return {
    traceId: copyOf(traceId),
    spanId: copyOf(spanId),
    parentSpanId: parentSpanId === null ? null : copyOf(parentSpanId),
  };
}

/**
 * What was cut out of a longer text keeps that alive: a span that waits would hold the kilobytes that its request was read in.
 */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}

function requestSpan(request: ServiceRequest, { traceId, spanId, parentSpanId }: RequestTrace): Span {
  const { startedAtMs, status, cut, timings } = request;
  return {
    traceId,
    spanId,
    parentSpanId,
    hasRemoteParent: true,
    kind: "server",
    name: knownMethod(request.method),
    startMs: startedAtMs,
    endMs: startedAtMs + timings.totalMs,
    attributes: attributesOf(request),
    // Semantic conventions: what the client did wrong is no error of the server.
    isError: status >= 500 || (status === 0 && cut !== "client-left"),
  };
}

function attributesOf(request: ServiceRequest): Span["attributes"] {
  const { method, status, cut, service } = request;
  const known = knownMethod(method);
  return {
    "http.request.method": known,
    "http.request.method_original": known === method ? undefined : copyOf(method),
    "http.response.status_code": status === 0 ? undefined : status,
    "http.response.body.size": request.responseBytes,
    "url.scheme": request.scheme,
    "url.path": copyOf(request.path.slice(0, LONGEST_PATH)),
    "server.address": request.host === null ? undefined : copyOf(request.host),
    "client.address": copyOf(request.clientAddress),
    "network.protocol.name": "http",
    "error.type": status >= 500 ? String(status) : (cut ?? undefined),
    "slipway.service.name": service?.name,
    "slipway.service.id": service?.id,
    "slipway.instance.id": request.instanceId === null ? undefined : copyOf(request.instanceId),
    "slipway.request.id": copyOf(request.requestId),
    "slipway.cut": cut ?? undefined,
  };
}

function knownMethod(method: string): string {
  return METHODS.has(method) ? method : "_OTHER";
}

/** One after the other: at the gate until there was an instance, then in the queue until one had a free place. */
function partSpans(
  { startedAtMs, timings }: ServiceRequest,
  { traceId, spanId }: RequestTrace,
  newSpanId: () => string,
): readonly Span[] {
  const heldMs = timings.heldMs ?? 0;
  const parts = [
    { name: "gate", startMs: startedAtMs, durationMs: heldMs },
    { name: "queue", startMs: startedAtMs + heldMs, durationMs: timings.queuedMs ?? 0 },
  ];
  return parts
    .filter(({ durationMs }) => durationMs >= SHORTEST_PART_MS)
    .map(({ name, startMs, durationMs }): Span => ({
      traceId,
      spanId: newSpanId(),
      parentSpanId: spanId,
      hasRemoteParent: false,
      kind: "internal",
      name,
      startMs,
      endMs: startMs + durationMs,
      attributes: {},
      isError: false,
    }));
}
