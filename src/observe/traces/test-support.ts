/** Requests and spans that tests start from. */
import type { ServiceRequest } from "../../ports/request-log.ts";
import type { Span } from "./span.ts";

export const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
export const SPAN_ID = "b7ad6b7169203331";
export const PARENT_ID = "00f067aa0ba902b7";

export function aRequest(change: Partial<ServiceRequest> = {}): ServiceRequest {
  return {
    startedAtMs: 1_800_000_000_000,
    host: "web1.example.com",
    slot: 4,
    instanceId: "1".repeat(32),
    method: "GET",
    path: "/orders",
    status: 200,
    responseBytes: 512,
    clientAddress: "198.51.100.7",
    scheme: "https",
    requestId: "req-1",
    timings: { heldMs: null, queuedMs: 0, connectMs: 0.2, responseMs: 11, totalMs: 12.5 },
    isForAccessLog: false,
    cut: null,
    trace: { traceId: TRACE_ID, spanId: SPAN_ID, parentSpanId: null },
    weight: 1,
    service: { id: "5".repeat(32), name: "web1" },
    ...change,
  };
}

export function aSpan(change: Partial<Span> = {}): Span {
  return {
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    parentSpanId: null,
    hasRemoteParent: true,
    kind: "server",
    name: "GET",
    startMs: 1_800_000_000_000.25,
    endMs: 1_800_000_000_012.5,
    attributes: { "url.path": "/orders", "http.response.status_code": 200 },
    isError: false,
    ...change,
  };
}
