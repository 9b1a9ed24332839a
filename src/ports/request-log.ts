/** What the data plane tells of single requests after they have ended. */

/**
 * One request that has ended. Of a service whose access log is on, or whose requests are traced, every one is told of; of all
 * others a random sample.
 */
export interface RequestRecord {
  /** Epoch milliseconds: when its first byte came. */
  readonly startedAtMs: number;
  /** In lower case, without a port; null where none was sent. */
  readonly host: string | null;
  /** The service's own host, whatever name of it was asked for; absent where the name is nobody's. */
  readonly serviceHost?: string;
  /** Of the service that answered; null where none did (an unknown host, a paused service). */
  readonly slot: number | null;
  /** Null where no instance got it. */
  readonly instanceId: string | null;
  readonly method: string;
  /** Without its query, which may hold secrets. */
  readonly path: string;
  /** 0 where the client left before there was one. */
  readonly status: number;
  readonly responseBytes: number;
  readonly clientAddress: string;
  readonly scheme: "http" | "https";
  /** The one in X-Request-Id. */
  readonly requestId: string;
  readonly timings: RequestTimings;
  /** Why it ended before its time; null for one that was answered whole. */
  readonly cut: RequestCut | null;
  /** Of the edge's own span; null where the service's requests are not traced. */
  readonly trace: RequestTrace | null;
  /** Its service had its access log on when it came. */
  readonly isForAccessLog: boolean;
  /** What this one stands for: 1, or more where only a sample is told of. */
  readonly weight: number;
}

/** Null: it did not come so far. */
export interface RequestTimings {
  /** At a gate, until an instance was there. */
  readonly heldMs: number | null;
  /** In the queue for a free place at an instance. */
  readonly queuedMs: number | null;
  readonly connectMs: number | null;
  /** From the connection to the head of the answer. */
  readonly responseMs: number | null;
  /** From the first byte of the request to the last of the answer. */
  readonly totalMs: number;
}

export type RequestCut =
  | "client-left"
  | "client-timeout"
  | "instance-closed"
  | "instance-timeout"
  | "queue-full"
  | "queue-timeout"
  | "no-instance"
  | "refused"
  /** By the service's guard: its own host is off, the client's address, the path, no password, too many, too large. */
  | "guard-host"
  | "guard-address"
  | "guard-path"
  | "guard-password"
  | "guard-rate"
  | "guard-body"
  | "edge-stopped";

export interface RequestTrace {
  /** 32 hex. */
  readonly traceId: string;
  /** 16 hex, of the edge's span: the parent of the instance's. */
  readonly spanId: string;
  /** 16 hex; null where the trace begins here. */
  readonly parentSpanId: string | null;
}

/** What of a service's requests is told. */
export interface RequestLogging {
  /** All of them, for its access log. */
  readonly hasAccessLog: boolean;
  /** `traceparent` is continued or made, and all requests that are sampled by it are told of with their trace. */
  readonly isTraced: boolean;
}

/** Reading side, implemented by the edge. */
export interface RequestLog {
  /**
   * Batches, as requests end; off their path: a reader that is slow loses some, and `lost` says how many at least. Goes
   * on after a restart of the edge. Ends only when the signal is aborted. One reader at a time.
   */
  requests(signal: AbortSignal): AsyncIterable<RequestBatch>;
}

export interface RequestBatch {
  readonly records: readonly RequestRecord[];
  readonly lost: number;
}

/** A request and whose it was: null where no service has its slot (any more). */
export interface ServiceRequest extends RequestRecord {
  readonly service: { readonly id: string; readonly name: string } | null;
}

/** Whoever wants to know of requests: the access log, metrics, traces. */
export interface RequestConsumer {
  /** Quick, and never throws: what takes longer goes on behind it. */
  take(requests: readonly ServiceRequest[], lost: number): void;
}
