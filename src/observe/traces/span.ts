/** A span, and how it becomes what the library writes. */
import { type Attributes, type HrTime, SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import type { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";

export interface Span {
  /** 32 hex. */
  readonly traceId: string;
  /** 16 hex. */
  readonly spanId: string;
  readonly parentSpanId: string | null;
  /** Whether the parent was begun by somebody else. */
  readonly hasRemoteParent: boolean;
  readonly kind: "server" | "internal";
  readonly name: string;
  /** Epoch milliseconds, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  /** Undefined ones are left out. */
  readonly attributes: Attributes;
  readonly isError: boolean;
}

/** Who sends them. */
export interface SpanSource {
  readonly resource: ReadableSpan["resource"];
  /** One object for all spans: the library writes it, in protocol buffers, once for each object that it meets. */
  readonly scope: ReadableSpan["instrumentationScope"];
}

export type ReadableSpan = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0][number];

const KINDS = { server: SpanKind.SERVER, internal: SpanKind.INTERNAL } as const;

export function toReadable(span: Span, { resource, scope }: SpanSource): ReadableSpan {
  const { traceId, spanId, parentSpanId, startMs, endMs } = span;
  const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  return {
    name: span.name,
    kind: KINDS[span.kind],
    spanContext: () => context,
    ...(parentSpanId !== null && {
      parentSpanContext: { ...context, spanId: parentSpanId, isRemote: span.hasRemoteParent },
    }),
    startTime: hrTime(startMs),
    endTime: hrTime(endMs),
    duration: hrTime(endMs - startMs),
    status: { code: span.isError ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    // The library would write one without a value as an empty one.
    attributes: Object.fromEntries(
      Object.entries(span.attributes).filter(([, value]) => value !== undefined),
    ),
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Seconds and nanoseconds; a number of milliseconds carries microseconds exactly. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1000) * 1000];
}
